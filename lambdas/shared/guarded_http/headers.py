"""The headers of a request as the settings write them: a value, or where a secret one is kept."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_OURS = {"host", "connection", "content-length", "transfer-encoding", "accept-encoding"}


class Store(StrEnum):
    """Where a header's value is kept."""

    SECRET = "secret"  # noqa: S105 - the key's name in the file
    PARAMETER = "parameter"


@dataclass(frozen=True)
class Reference:
    """A header's value that stays out of the file: the whole value is the text of the secret or parameter `name`.

    `{"secret": "<Secrets Manager name or ARN>"}` or `{"parameter": "<SSM parameter name>"}`.
    """

    store: Store
    name: str


Headers = Mapping[str, str | Reference]


def is_header_value(text: str) -> bool:
    """Whether HTTP can carry the text unchanged."""
    return text.isascii() and text.isprintable() and text == text.strip()


def headers_from(written: dict[str, Any]) -> dict[str, str | Reference]:
    for name in written:
        if not _HEADER_NAME.fullmatch(name) or name.lower() in _OURS:
            raise ValueError(f"header {name!r} cannot be set")
    return {name: _header_value(name, value) for name, value in written.items()}


def _header_value(name: str, value: Any) -> str | Reference:
    if isinstance(value, str):
        if not is_header_value(value):
            raise ValueError(f"header {name!r} has a value that is not printable ASCII")
        return value
    if isinstance(value, dict) and len(value) == 1:
        ((store, referred),) = value.items()
        if store in set(Store) and isinstance(referred, str) and referred:
            return Reference(Store(store), referred)
    raise ValueError(f"header {name!r} is neither text nor {{'secret': name}} nor {{'parameter': name}}")
