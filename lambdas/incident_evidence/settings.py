from dataclasses import dataclass
from datetime import timedelta

from lambdas.shared.environment import FunctionSettings


@dataclass(frozen=True)
class Settings(FunctionSettings):
    incidents: str
    """The table of incidents."""
    incident_function: str
    """The name of the function that keeps what was found."""
    database_check_log: str
    """The log group in which the database check writes what it found."""
    database_check_interval: timedelta
    projects: tuple[str, ...]
    """Of errors."""
    deployments: tuple[str, ...]
    """What AWS deploys the application by, each a `Target` of `deployment_record` as JSON."""
    guardduty: bool
    """Whether it is on in this region."""
    errors: str | None = None
    """The table of errors and releases; None where errors are not tracked."""
    instance: str | None = None
    """The identifier of the database's instance of RDS; None where it is not known."""
