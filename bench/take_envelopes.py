"""One contender in a process of its own: `python -m bench.take_envelopes intake` takes the envelopes on its input.

Reads the requests, gzipped and in base64 as the HTTP API hands them over, and says how many seconds of processor time
they took.  The calls of AWS are stubs: what they cost is in their answers' time, and not in the processor's.
"""

# ruff: noqa: PLC0415 - what one contender needs must not load in the process of another

import base64
import gzip
import json
import os
import sys
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

KEY, NUMBER = "a" * 32, 1
WARM = 100
"""Requests before those that are measured: an instance lives for hours."""

Take = Callable[[str], None]


class _Aws:
    """Takes everything."""

    def __init__(self) -> None:
        self.sent = 0

    def send_message(self, **_: Any) -> None:
        self.sent += 1

    def put_object(self, **_: Any) -> None: ...

    def update_item(self, **_: Any) -> dict[str, Any]:
        return {"Attributes": {"used": {"N": "1"}}}


def intake() -> Take:
    """The function's own work: key, quota, inflating, parsing, scrubbing, the message to the queue."""
    os.environ.setdefault("AWS_LAMBDA_FUNCTION_NAME", "bench")
    from lambdas.error_intake.hand_over import HandOver
    from lambdas.error_intake.projects import ProjectKeys
    from lambdas.error_intake.quota import Quota
    from lambdas.error_intake.settings import Settings
    from lambdas.error_intake.take_in import Intake

    project = ProjectKeys(NUMBER, "api", (KEY,), 10**9)
    settings = Settings("bench", "table", "bucket", "queue", (project.to_json(),), None)
    aws = _Aws()
    taken = Intake(settings, HandOver(aws, aws, "bucket", "queue"), Quota(aws, "table"))

    def take(body: str) -> None:
        answer = taken.answer(_event(body))
        assert answer["statusCode"] == HTTPStatus.OK, answer

    return take


def json_loads() -> Take:
    """What nobody can do without: the same bytes decoded, inflated, and parsed."""

    def take(body: str) -> None:
        for line in gzip.decompress(base64.b64decode(body)).split(b"\n"):
            json.loads(line)

    return take


CONTENDERS: dict[str, Callable[[], Take]] = {"intake": intake, "json.loads": json_loads}


def _event(body: str) -> dict[str, Any]:
    return {
        "version": "2.0",
        "rawPath": f"/api/{NUMBER}/envelope/",
        "headers": {"host": "errors.example", "content-encoding": "gzip"},
        "queryStringParameters": {"sentry_version": "7", "sentry_key": KEY},
        "requestContext": {"http": {"method": "POST"}},
        "body": body,
        "isBase64Encoded": True,
    }


def main(contender: str) -> None:
    take, bodies = CONTENDERS[contender](), json.load(sys.stdin)
    for body in bodies[:WARM]:
        take(body)
    started = time.process_time()
    for body in bodies[WARM:]:
        take(body)
    print(json.dumps((time.process_time() - started) / len(bodies[WARM:])))


if __name__ == "__main__":
    main(sys.argv[1])
