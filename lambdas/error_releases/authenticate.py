"""Whose token a request has."""

import hmac
from collections.abc import Iterable
from http import HTTPStatus

from lambdas.error_releases.http import RefusedError, Request
from lambdas.error_releases.settings import ProjectToken
from lambdas.shared.observability import logger
from lambdas.shared.stored_values import StoredValues, UnreadableError

SHORTEST_TOKEN = 16
"""A shorter one is none: it would be found by trying."""
_SCHEME = "bearer "


def project_of(request: Request, tokens: Iterable[ProjectToken], values: StoredValues) -> str:
    """The project whose token it is; raises RefusedError.

    All tokens are compared, each in constant time: how long it takes says nothing.
    """
    header = request.headers.get("authorization", "")
    if not header.lower().startswith(_SCHEME):
        raise RefusedError(HTTPStatus.UNAUTHORIZED, "Authentication credentials were not provided.")
    given = header[len(_SCHEME) :].strip().encode()
    matching = [token.project for token in tokens if _is(given, token, values)]
    if not matching:
        raise RefusedError(HTTPStatus.UNAUTHORIZED, "Invalid token")
    return matching[0]


def _is(given: bytes, token: ProjectToken, values: StoredValues) -> bool:
    try:
        kept = values.of(token.store, token.name).encode()
    except UnreadableError as error:
        logger.error("token cannot be read", project=token.project, stored_as=token.name, reason=str(error))
        return False
    return hmac.compare_digest(given, kept) and len(kept) >= SHORTEST_TOKEN
