"""Whose key a request has.  A DSN is public: what a key opens is a project's quota, and nothing can be read by it.

https://develop.sentry.dev/sdk/foundations/transport/authentication/
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from lambdas.error_intake.projects import ProjectKeys
from lambdas.error_intake.refused import RefusedError
from lambdas.error_intake.request import Request

_PAIR = re.compile(r"(?:Sentry\s+|,\s*|^\s*)(sentry_key)\s*=\s*([\w-]{1,64})", re.IGNORECASE)
_AUTHENTICATE = {"WWW-Authenticate": "Sentry"}


def key_beside(request: Request) -> str:
    """The key in the address or the headers of the request; "" where there is none."""
    return next(_keys_beside(request), "")


def key_of_dsn(header: Mapping[str, Any]) -> str:
    """The key in the header of an envelope, of clients that cannot set those of their requests."""
    dsn = header.get("dsn")
    try:
        return (urlsplit(dsn).username or "") if isinstance(dsn, str) else ""
    except ValueError:
        return ""


def project_of(projects: Iterable[ProjectKeys], number: int, key: str) -> ProjectKeys:
    """The project that the request may send to; raises RefusedError."""
    if not key:
        raise RefusedError(
            HTTPStatus.UNAUTHORIZED, "there is no key: send sentry_key or the header X-Sentry-Auth", _AUTHENTICATE
        )
    for project in projects:
        if project.number == number and key in project.keys:
            return project
    raise RefusedError(HTTPStatus.FORBIDDEN, "the key is not one of this project (wrong, revoked or of another one)")


def _keys_beside(request: Request) -> Iterator[str]:
    if key := request.query.get("sentry_key"):
        yield key
    for name in ("x-sentry-auth", "authorization"):
        value = request.headers.get(name, "")
        if value.lower().startswith("sentry") and (found := _PAIR.search(value)):
            yield found[2]
