"""A function's environment variables, read as the fields of one frozen dataclass."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any, Self, get_origin, get_type_hints

from lambdas.vocabulary.codec import decode, encode


class BadEnvironmentError(Exception):
    """The function was deployed without the variables that it needs; nothing but a new deployment mends it."""


@dataclass(frozen=True)
class FunctionSettings:
    """What every function is told.  A function adds its own fields in its `settings.py`.

    The stack builds the object and passes `to_environment()`; the function gets it back with
    `from_environment()`, so neither side can name a variable that the other does not know.
    """

    environment: str

    def to_environment(self) -> dict[str, str]:
        """Each field as an environment variable; one that is None is left out."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name.upper(): _encode(value) for name, value in values.items() if value is not None}

    @classmethod
    def from_environment(cls, variables: Mapping[str, str] = os.environ) -> Self:
        """Read every field, or raise one BadEnvironmentError that names all missing and malformed ones."""
        values: dict[str, Any] = {}
        faults: list[str] = []
        hints = get_type_hints(cls)
        for field in fields(cls):
            variable, hint = field.name.upper(), hints[field.name]
            if variable in variables:
                try:
                    values[field.name] = _decode(variables[variable], hint)
                except ValueError as error:
                    faults.append(f"{variable} is malformed ({error})")
            elif _is_optional(hint):
                values[field.name] = None
            else:
                faults.append(f"{variable} is missing")
        if faults:
            raise BadEnvironmentError(f"cannot start: {'; '.join(faults)} (deploy this function's stack again)")
        return cls(**values)


def _encode(value: Any) -> str:
    if isinstance(value, timedelta):
        return f"{value.total_seconds():g}"
    if isinstance(value, tuple | bool):
        return json.dumps(encode(value))
    return str(value)


def _decode(text: str, hint: Any) -> Any:
    kind = _bare(hint)
    if get_origin(kind) is tuple:
        return decode(kind, json.loads(text))
    return _DECODERS[kind](text)


def _boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError("neither true nor false")
    return text == "true"


_DECODERS: dict[Any, Callable[[str], Any]] = {
    str: str,
    int: int,
    float: float,
    bool: _boolean,
    timedelta: lambda text: timedelta(seconds=float(text)),
}


def _is_optional(hint: Any) -> bool:
    return type(None) in getattr(hint, "__args__", ())


def _bare(hint: Any) -> Any:
    if not _is_optional(hint):
        return hint
    return next(part for part in hint.__args__ if part is not type(None))
