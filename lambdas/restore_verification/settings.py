from dataclasses import dataclass
from datetime import timedelta

from lambdas.shared.environment import FunctionSettings
from lambdas.vocabulary.backups import Acceptance


@dataclass(frozen=True)
class Settings(FunctionSettings):
    bucket: str
    database: str
    """The name that its backups lie under."""
    recovery_time_objective: timedelta
    sql_assertions: tuple[str, ...]
    """Queries that must each answer a single true in the restored database."""
    accepted: tuple[Acceptance, ...]
    """What need not be proven, for a time."""
    large_runs: bool | None = None
    """Whether a database that is too large for this function's disk is left to a large run, not proven in part."""
