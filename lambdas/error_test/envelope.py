"""A test error, as Sentry's SDKs send it.

https://develop.sentry.dev/sdk/foundations/transport/envelopes/
"""

import http.client
import json
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

CLIENT: Final = "monitoring.test/1"
TITLE: Final = "Test error: nothing is wrong"
SECRET_KEY: Final = "password"  # noqa: S105  (the name of one)
INVENTED: Final = ("Invented-Pa55word-of-a-test", "test.error@invented.example")
"""A password and an address that no sample may hold: whether clients' secrets are filtered shows by them."""
_TIMEOUT: Final = 10
_ANSWER: Final = 300
"""Bytes of a refusal that are read."""


class NotAcceptedError(Exception):
    """The front refused the test error, or was not reached.  One line; it holds no key."""


@dataclass(frozen=True)
class Dsn:
    front_url: str
    number: int
    key: str = field(repr=False)

    def __str__(self) -> str:
        scheme, _, host = self.front_url.rstrip("/").partition("://")
        return f"{scheme}://{self.key}@{host}/{self.number}"


def new_event(requested_by: str, at: datetime) -> dict[str, Any]:
    """The same issue each time; a test is known by its event's id."""
    return {
        "event_id": uuid.uuid4().hex,
        "timestamp": at.isoformat(),
        "platform": "other",
        "level": "error",
        "logger": CLIENT,
        "fingerprint": ["test error"],
        "tags": {"requested_by": requested_by},
        "extra": {SECRET_KEY: INVENTED[0], "said": f"login of {INVENTED[1]} with {SECRET_KEY}={INVENTED[0]}"},
        "exception": {"values": [{"type": "TestError", "value": TITLE}]},
    }


def send(dsn: Dsn, event: dict[str, Any]) -> None:
    """Raises NotAcceptedError."""
    url = f"{dsn.front_url.rstrip('/')}/api/{dsn.number}/envelope/"
    if not url.startswith(("https://", "http://")):
        raise NotAcceptedError("the front's URL is neither https nor http")
    request = urllib.request.Request(url, _envelope(event), _headers(dsn), method="POST")  # noqa: S310  (see above)
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT):  # noqa: S310  (see above)
            pass
    except urllib.error.HTTPError as error:
        with error:
            said = error.read(_ANSWER).decode("utf-8", "replace")
        reason = " ".join(said.split()) or error.reason
        raise NotAcceptedError(f"the front answered {error.code}: {reason}") from error
    except (OSError, http.client.HTTPException) as error:
        raise NotAcceptedError(f"the front was not reached: {error}") from error


def _envelope(event: dict[str, Any]) -> bytes:
    lines = ({"event_id": event["event_id"]}, {"type": "event"}, event)
    return "".join(f"{json.dumps(line)}\n" for line in lines).encode()


def _headers(dsn: Dsn) -> dict[str, str]:
    return {
        "Content-Type": "application/x-sentry-envelope",
        "User-Agent": CLIENT,
        "X-Sentry-Auth": f"Sentry sentry_version=7, sentry_client={CLIENT}, sentry_key={dsn.key}",
    }
