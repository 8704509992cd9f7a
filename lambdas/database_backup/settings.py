from dataclasses import dataclass

from lambdas.shared.database_settings import DatabaseSettings


@dataclass(frozen=True)
class Settings(DatabaseSettings):
    bucket: str
    critical_tables: tuple[str, ...]
    """Tables whose content is hashed besides being counted, each as SQL writes its name."""
    excluded_table_data: tuple[str, ...]
    """Tables that are dumped without their rows."""
    excluded_schemas: tuple[str, ...]
    """Schemas that are left out whole, each as the catalogue spells its name."""
    provable_bytes: int
    """How large a database the disk of the restore check has room for."""
    compression_level: int
    """Zstandard's level."""
    function_limit_bytes: int | None = None
    """How large a database the function backs up; a larger one is left to a large run.  None: any."""
