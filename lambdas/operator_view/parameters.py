"""What a view or an action is asked for: written by anybody who may call the function, so nothing of it is trusted."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final, TypeVar

Asked = Mapping[str, Any]
_Word = TypeVar("_Word", bound=StrEnum)

_IDENTIFIER = re.compile(r"[0-9a-f]{4,64}")
_PROJECT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
LONGEST_RELEASE: Final = 250
"""Sentry's limit, in characters."""


class BadParameterError(ValueError):
    """One line for whoever asked; it names the parameter and never quotes its value."""


def identifier(asked: Asked, name: str = "id") -> str:
    """An issue's."""
    return _matching(_IDENTIFIER, asked.get(name), name, "an issue's id: 4 to 64 hexadecimal digits")


def identifiers(asked: Asked, name: str, most: int) -> tuple[str, ...]:
    given = asked.get(name)
    if not isinstance(given, list | tuple) or not 0 < len(given) <= most:
        raise BadParameterError(f"{name} must be a list of 1 to {most} ids")
    return tuple(dict.fromkeys(identifier({name: each}, name) for each in given))


def project(asked: Asked, projects: tuple[str, ...]) -> str:
    """One of those that there are; the first one when none is named."""
    given = _matching(_PROJECT, asked.get("project") or projects[0], "project", "a project's name")
    if given not in projects:
        raise BadParameterError("project is not one of this environment's")
    return given


def release(asked: Asked, name: str = "release") -> str:
    given = asked.get(name)
    if not isinstance(given, str) or not 0 < len(given) <= LONGEST_RELEASE or not given.isprintable():
        raise BadParameterError(f"{name} must be a release: 1 to {LONGEST_RELEASE} printable characters")
    return given


def whole(asked: Asked, name: str, least: int, most: int, default: int | None = None) -> int:
    given = asked.get(name, default)
    if isinstance(given, str) and given.isdecimal() and len(given) <= len(str(most)):
        given = int(given)
    if not isinstance(given, int) or isinstance(given, bool) or not least <= given <= most:
        raise BadParameterError(f"{name} must be a whole number from {least} to {most}")
    return given


def word(kind: type[_Word], asked: Asked, name: str, default: _Word | None = None) -> _Word:
    try:
        return kind(asked.get(name, default))
    except ValueError:
        raise BadParameterError(f"{name} must be one of {', '.join(kind)}") from None


def _matching(pattern: re.Pattern[str], given: Any, name: str, what: str) -> str:
    if not isinstance(given, str) or not pattern.fullmatch(given):
        raise BadParameterError(f"{name} must be {what}")
    return given
