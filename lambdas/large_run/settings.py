from dataclasses import dataclass
from datetime import timedelta

from lambdas.shared.environment import FunctionSettings


@dataclass(frozen=True)
class Settings(FunctionSettings):
    bucket: str
    """Of the backups, which runs write their results into."""
    spot: bool
    """Whether instances are those that AWS may take back."""
    time_limit: timedelta
    """For one run; an instance that is still there then is ended."""
