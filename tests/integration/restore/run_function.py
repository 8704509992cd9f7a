"""Runs the function like the platform does: imported once, warm afterwards, one event after the other.

Reads lines of JSON, `{"event": …, "seconds": <time that the function has>}`, and answers each on the descriptor
that is its only argument.
"""

import json
import os
import sys
import time
from types import SimpleNamespace

from lambdas.restore_verification.handler import handler

answers = os.fdopen(int(sys.argv[1]), "w")


def context_of(seconds):
    deadline = time.monotonic() + seconds
    return SimpleNamespace(
        get_remaining_time_in_millis=lambda: int((deadline - time.monotonic()) * 1000),
        function_name="restore_verification",
        memory_limit_in_mb=2048,
        invoked_function_arn="arn:aws:lambda:eu-central-1:000000000000:function:restore_verification",
        aws_request_id="request",
    )


def answer(line):
    call = json.loads(line)
    try:
        return {"result": handler(call["event"], context_of(call["seconds"]))}
    except Exception as error:  # noqa: BLE001  (the platform catches everything, too)
        return {"error": type(error).__name__, "message": str(error)}


for line in sys.stdin:
    print(json.dumps(answer(line)), file=answers, flush=True)
