"""Single fields of a request's document, checked."""

from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from lambdas.error_releases.http import RefusedError


def text(document: Mapping[str, Any], name: str, longest: int, *, needed: bool = False) -> str:
    """Raises RefusedError."""
    value = document.get(name)
    if value is None and not needed:
        return ""
    if not isinstance(value, str) or (needed and not value.strip()):
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"{name}: it is missing, or no text")
    if len(value) > longest:
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"{name}: longer than {longest} characters")
    return printable(value)


def printable(value: str) -> str:
    """Without control characters, surrogates that have no partner, and white space at the ends."""
    clean = value.encode("utf-8", "replace").decode()
    return "".join(character if character.isprintable() else " " for character in clean).strip()


def moment(document: Mapping[str, Any], name: str) -> datetime | None:
    """In UTC where no zone is given; None where there is none.  Raises RefusedError."""
    value = document.get(name)
    if value is None:
        return None
    try:
        at = datetime.fromisoformat(value)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (TypeError, ValueError, OverflowError):
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"{name}: no ISO 8601 time") from None


def objects(document: Mapping[str, Any], name: str, most: int) -> list[Mapping[str, Any]]:
    """A list of objects; raises RefusedError."""
    value = document.get(name)
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"{name}: no list of objects")
    if len(value) > most:
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"{name}: more than {most}")
    return value
