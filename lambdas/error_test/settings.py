from dataclasses import dataclass
from datetime import timedelta

from lambdas.shared.environment import FunctionSettings


@dataclass(frozen=True)
class Settings(FunctionSettings):
    front_url: str
    """Of the intake, without a path."""
    number: int
    """Of the project that the test error belongs to."""
    key: str
    """One of the public keys of its DSNs."""
    table: str
    """The error tracker's."""
    patience: timedelta
    """How long a test error may take."""
