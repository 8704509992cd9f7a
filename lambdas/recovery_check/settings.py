from dataclasses import dataclass

from lambdas.shared.environment import FunctionSettings


@dataclass(frozen=True)
class Settings(FunctionSettings):
    bucket: str
    database: str
    instance_identifier: str | None
    """The RDS instance; none when the database is not one."""
