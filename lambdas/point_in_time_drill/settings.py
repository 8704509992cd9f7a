from dataclasses import dataclass
from datetime import timedelta

from lambdas.shared.environment import FunctionSettings


@dataclass(frozen=True)
class Settings(FunctionSettings):
    bucket: str
    database: str
    """The name that its records lie under."""
    instance_identifier: str
    """The source, which is only read."""
    drill_instance: str
    """The temporary instance that is made of it and deleted."""
    instance_class: str
    """Of the temporary one, without `db.`."""
    security_group: str
    """Of the temporary one: lets the check in, and nothing out."""
    time_limit: timedelta
    """For the restore; an instance that is not there by then is given up."""
    recovery_time_objective: timedelta
    recovery_point_objective: timedelta
