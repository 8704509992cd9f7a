"""Runs a function's handler once on an instance, as Lambda would: `python -m lambdas.large_run.on_instance`.

Its arguments are the function's folder, the run's name and the seconds that it has; the event is read from standard
input.  The answer, or the error, is written to descriptor 3, which no program that the function starts inherits.
"""

import importlib
import json
import os
import sys
import time
import traceback
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from typing import Final

from lambdas.shared.service import Here, own_names
from lambdas.vocabulary.large_runs import ON_INSTANCE
from lambdas.vocabulary.names import physical_name

RESULT_DESCRIPTOR: Final = 3
SECONDS_TO_FAIL: Final = 30
"""Of the run's time, in which a function that is out of its own can still say so."""


@dataclass(frozen=True)
class Context:
    """What Lambda hands to a handler beside the event, as far as functions use it."""

    function_name: str
    aws_request_id: str
    deadline: float
    """On the monotonic clock."""
    region: str

    @property
    def invoked_function_arn(self) -> str:
        return f"arn:aws:lambda:{self.region}::function:{self.function_name}"

    @property
    def memory_limit_in_mb(self) -> int:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") >> 20

    @property
    def log_group_name(self) -> str:
        return f"/aws/lambda/{self.function_name}"

    @property
    def log_stream_name(self) -> str:
        return self.aws_request_id

    @property
    def function_version(self) -> str:
        return "$LATEST"

    def get_remaining_time_in_millis(self) -> int:
        return max(int((self.deadline - time.monotonic()) * 1000), 0)


def run(folder: str, event: str, context: Context) -> str:
    """What became of it, as JSON: `{"answer": …}`, or `{"error": <its type>, "message": <its text>}`."""
    try:
        handler = importlib.import_module(f"lambdas.{folder}.handler").handler
        return json.dumps({"answer": handler(json.loads(event), context)})
    except Exception as error:  # noqa: BLE001  (the platform catches everything, too)
        traceback.print_tb(error.__traceback__)
        return json.dumps({"error": type(error).__name__, "message": str(error)})


def prepare(folder: str, variables: MutableMapping[str, str]) -> str:
    """Set what the platform would set; returns the function's name."""
    name = _function_name(folder, variables)
    variables.update({"AWS_LAMBDA_FUNCTION_NAME": name, ON_INSTANCE: "true"})
    return name


def _function_name(folder: str, variables: Mapping[str, str]) -> str:
    return physical_name(Here(variables["ENVIRONMENT"], own_names(variables).service), folder)


def main(folder: str, run_name: str, seconds: str) -> None:
    deadline = time.monotonic() + max(float(seconds) - SECONDS_TO_FAIL, 0)
    os.set_inheritable(RESULT_DESCRIPTOR, False)
    event = sys.stdin.read()
    name = prepare(folder, os.environ)
    context = Context(name, run_name, deadline, os.environ.get("AWS_REGION", ""))
    with os.fdopen(RESULT_DESCRIPTOR, "w") as result:
        result.write(run(folder, event, context))


if __name__ == "__main__":
    main(*sys.argv[1:])
