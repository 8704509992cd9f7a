"""What clients are answered, browsers included: any page may send errors, and reads whether it may send more.

https://develop.sentry.dev/sdk/expected-features/rate-limiting/
"""

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final

from lambdas.error_intake.refused import RefusedError

Answer = dict[str, Any]

_CORS: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "X-Sentry-Error, X-Sentry-Rate-Limits, Retry-After",
}
_PREFLIGHT: Final = {
    **_CORS,
    "Access-Control-Allow-Methods": "POST, OPTIONS",
    "Access-Control-Allow-Headers": (
        "X-Sentry-Auth, X-Requested-With, Origin, Accept, Content-Type, Content-Encoding, Authentication,"
        " Authorization, sentry-trace, baggage"
    ),
    "Access-Control-Max-Age": "86400",
}


def success(event_id: str, headers: Mapping[str, str] | None = None) -> Answer:
    return _answer(HTTPStatus.OK, {"id": event_id} if event_id else {}, headers or {})


def refusal(refused: RefusedError) -> Answer:
    headers = {"X-Sentry-Error": refused.detail, **refused.headers}
    return _answer(refused.status, {"detail": refused.detail}, headers)


def preflight() -> Answer:
    return {"statusCode": int(HTTPStatus.NO_CONTENT), "headers": dict(_PREFLIGHT)}


def rate_limits(seconds: int, categories: Iterable[str]) -> dict[str, str]:
    """Headers that ask a client to send nothing of these for so long."""
    limits = ", ".join(f"{seconds}:{category}:key" for category in categories)
    return {"X-Sentry-Rate-Limits": limits, "Retry-After": str(seconds)}


def _answer(status: int, said: Mapping[str, Any], headers: Mapping[str, str]) -> Answer:
    # Without this type the API would encode the body.
    return {
        "statusCode": int(status),
        "headers": {"Content-Type": "application/json", **_CORS, **headers},
        "body": json.dumps(said),
    }
