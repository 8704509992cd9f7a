"""What somebody asks for or sends, out of the event of an HTTP API."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from lambdas.shared.http_event import body_of, headers_of

LARGEST_BODY: Final = 256 * 1024
"""PagerDuty sends no more; forms and Slack much less."""
_PATH: Final = re.compile(r"/(?P<route>[a-z]+)(?:/(?P<token>[A-Za-z0-9_-]{1,400}))?")


@dataclass(frozen=True)
class Request:
    """`repr` leaves out what a token or a secret may be in."""

    method: str
    route: str
    token: str = field(repr=False)
    """Empty where the path has none."""
    query: Mapping[str, str] = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    """By their names in lower case."""
    body: bytes = field(repr=False)
    """As it was sent: signatures are over its bytes."""


def request_of(event: Mapping[str, Any]) -> Request | None:
    """None for what no route can be."""
    path = _PATH.fullmatch(event["rawPath"])
    if not path:
        return None
    try:
        body = body_of(event)
    except ValueError:
        return None
    if len(body) > LARGEST_BODY:
        return None
    return Request(
        method=event["requestContext"]["http"]["method"],
        route=path["route"],
        token=path["token"] or "",
        query=event.get("queryStringParameters") or {},
        headers=headers_of(event),
        body=body,
    )
