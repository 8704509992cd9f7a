from dataclasses import dataclass
from datetime import timedelta

from lambdas.shared.environment import FunctionSettings


@dataclass(frozen=True)
class Settings(FunctionSettings):
    bucket: str
    database: str
    instance_identifier: str | None
    """The RDS instance; none when the database is not one."""
    restorable_time_healthy: timedelta
    """Up to this age the time that RDS can restore to is healthy, and its age is not published."""
