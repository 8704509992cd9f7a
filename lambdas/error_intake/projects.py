"""Who may send errors: written by the stack, read by the function."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from lambdas.vocabulary.codec import JsonDocument


@dataclass(frozen=True)
class ProjectKeys(JsonDocument):
    """A project, as a DSN names it: `https://<key>@<host>/<number>`."""

    JSON_FORMAT: ClassVar[Mapping[str, Any]] = {"separators": (",", ":")}

    number: int
    """SDKs want a whole number that is not zero."""
    name: str
    keys: tuple[str, ...]
    """Public by design: a browser shows them.  A key that is no longer here is revoked."""
    quota_per_minute: int
    """Errors that each key may send in a minute; the same number again of items about sessions."""
