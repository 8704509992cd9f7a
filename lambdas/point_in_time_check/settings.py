from dataclasses import dataclass

from lambdas.shared.database_settings import DatabaseSettings


@dataclass(frozen=True)
class Settings(DatabaseSettings):
    """The host is none: it is the temporary instance's, which each event names."""

    bucket: str
    critical_tables: tuple[str, ...]
    sql_assertions: tuple[str, ...]
    """Queries that must each answer a single true in the restored database."""
