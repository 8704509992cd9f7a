from dataclasses import dataclass

from lambdas.shared.environment import FunctionSettings


@dataclass(frozen=True)
class Settings(FunctionSettings):
    instance_identifier: str
    backup_retention_days: int
    backup_window: str
    log_exports: tuple[str, ...]
