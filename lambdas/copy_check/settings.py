from dataclasses import dataclass
from typing import Final

from lambdas.shared.environment import FunctionSettings

READ: Final = "read"
"""The key of an event that asks for a copy to be read whole, too; its value is true."""


@dataclass(frozen=True)
class Settings(FunctionSettings):
    bucket: str
    """Of the backups."""
    database: str
    copy_region: str
    copies: str
    """The bucket of the copies."""
    copies_key: str
    """The ARN of the key that the copies must be encrypted with."""
