"""What a client sent, out of the event of an HTTP API (payload format 2.0)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Any

from lambdas.error_intake.refused import RefusedError
from lambdas.shared.http_event import body_of, headers_of

_PATH = re.compile(r"(?:/[\w$-]+)?/api/(?P<project>\d{1,18})/(?P<route>envelope|store)/?")


class Route(StrEnum):
    ENVELOPE = "envelope"
    STORE = "store"
    """Of SDKs from before 2020: one event, without an envelope around it."""


@dataclass(frozen=True)
class Request:
    method: str
    route: Route
    project: int
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """By their names in lower case."""
    body: bytes
    """As it was sent, perhaps compressed."""

    @property
    def encodings(self) -> tuple[str, ...]:
        """How the body is compressed, in the order in which that was done."""
        named = self.headers.get("content-encoding", "").lower().split(",")
        return tuple(name.strip() for name in named if name.strip() not in ("", "identity"))


def request_of(event: Mapping[str, Any]) -> Request:
    """Raises RefusedError."""
    method = event["requestContext"]["http"]["method"]
    asked_for = _PATH.fullmatch(event["rawPath"])
    if not asked_for:
        raise RefusedError(HTTPStatus.NOT_FOUND, "there is nothing here: errors go to /api/<project>/envelope/")
    return Request(
        method=method,
        route=Route(asked_for["route"]),
        project=int(asked_for["project"]),
        query=event.get("queryStringParameters") or {},
        headers=headers_of(event),
        body=_body_of(event),
    )


def _body_of(event: Mapping[str, Any]) -> bytes:
    try:
        return body_of(event)
    except ValueError:
        raise RefusedError(HTTPStatus.BAD_REQUEST, "the body cannot be read") from None
