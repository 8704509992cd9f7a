"""One invocation of a function by its own handler, in this process: `python -m bench.run_function <folder>`.

Reads `{"event", "seconds", "login"}` on its standard input and says `{"seconds", "init", "answer"}`.  What replaces
the platform is the context, and the login: a password in place of an IAM token or a secret.
"""

import importlib
import json
import os
import sys
import time
from types import SimpleNamespace
from typing import Any


def main(folder: str) -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # log lines and metrics go where messages go
    call = json.load(sys.stdin)
    started = time.monotonic()
    function = importlib.import_module(f"lambdas.{folder}.handler")
    init = time.monotonic() - started
    if call["login"]:
        _log_in_by_password(function, call["login"])
    started = time.monotonic()
    answer = function.handler(call["event"], _context(folder, call["seconds"]))
    print(json.dumps({"seconds": time.monotonic() - started, "init": init, "answer": answer}), file=answers, flush=True)


def _log_in_by_password(function: Any, login: dict[str, str]) -> None:
    from lambdas.shared.postgres import Login  # noqa: PLC0415  (the function's own import is what was timed)

    password = login.pop("password")
    function.log_in = lambda _settings, _session: Login(login, password)


def _context(folder: str, seconds: float) -> SimpleNamespace:
    deadline = time.monotonic() + seconds
    return SimpleNamespace(
        get_remaining_time_in_millis=lambda: int((deadline - time.monotonic()) * 1000),
        function_name=folder,
        memory_limit_in_mb=2048,
        invoked_function_arn=f"arn:aws:lambda:us-east-1:000000000000:function:{folder}",
        aws_request_id=f"bench-{os.getpid()}-{time.time_ns()}",
    )


if __name__ == "__main__":
    main(sys.argv[1])
