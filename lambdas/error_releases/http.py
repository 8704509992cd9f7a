"""Requests and answers of an HTTP API, payload format 2.0.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import unquote

from lambdas.shared.http_event import body_of, headers_of

LARGEST_BODY: Final = 6 * 1024**2
"""The platform's own limit of what a function is given."""
_PREFIX = re.compile(r"(?:/[\w$-]+)?/api/0(?=/|$)")
"""Before which the stage's name may stand."""


class RefusedError(Exception):
    """The request is answered with `status` and the error's text, which clients show."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail


@dataclass(frozen=True)
class Request:
    method: str
    path: tuple[str, ...]
    """The parts behind `/api/0/`, each decoded for itself: a version may hold what looks like a separator."""
    headers: Mapping[str, str]
    body: bytes

    def document(self) -> dict[str, Any]:
        """The body, a JSON object; raises RefusedError."""
        try:
            document = json.loads(self.body)
        except (ValueError, RecursionError):
            raise RefusedError(HTTPStatus.BAD_REQUEST, "the body is not JSON") from None
        if not isinstance(document, dict):
            raise RefusedError(HTTPStatus.BAD_REQUEST, "the body is not a JSON object")
        return document


def request_of(event: Mapping[str, Any]) -> Request:
    """Raises RefusedError."""
    path, found = _PREFIX.subn("", event["rawPath"], count=1)
    if not found:
        raise RefusedError(HTTPStatus.NOT_FOUND, "there is nothing here: sentry-cli asks below /api/0/")
    return Request(
        method=event["requestContext"]["http"]["method"],
        path=tuple(unquote(part) for part in path.split("/") if part),
        headers=headers_of(event),
        body=_body(event),
    )


def answer(document: Any, status: HTTPStatus = HTTPStatus.OK) -> dict[str, Any]:
    return {
        "statusCode": int(status),
        "headers": {"content-type": "application/json", "cache-control": "no-store"},
        "body": json.dumps(document),
    }


def _body(event: Mapping[str, Any]) -> bytes:
    try:
        body = body_of(event)
    except ValueError:
        raise RefusedError(HTTPStatus.BAD_REQUEST, "the body is not base64") from None
    if len(body) > LARGEST_BODY:
        raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the body is larger than {LARGEST_BODY} bytes")
    return body
