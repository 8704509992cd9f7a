"""Lambda's execution environment, where MiniStack's differs from it in ways that functions can see.

- Layers keep their files' modes, so that the programs in them can be executed; they are unpacked once.
- A function sees the standard library, boto3 and its layers, not the packages of this project.
- It has a temporary directory of its own; output of the programs it starts goes to its log.
- A failure carries the exception's own type, message and stack trace.
- Ending it (a timeout, a crash, an update) ends every process it started.
"""

import os
import signal
import threading
import time
import zipfile
from types import SimpleNamespace
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc, sts

from emulator.ministack import function_clock, function_output, function_runtime, unpacked

_ENTER = """
import os, sys, tempfile
os.setpgrp()
sys.dont_write_bytecode = False
os.environ["TMPDIR"] = tempfile.mkdtemp(prefix="f")
for _name in [it for it in os.environ if it.startswith(("MINISTACK_", "GATEWAY_", "IOT_", "SFTP_"))]:
    del os.environ[_name]
"""

# What is replaced in MiniStack's worker script, and by what.
_CHANGES = {
    **function_clock.CHANGES,
    **function_output.CHANGES,
    "    _real_stdout = sys.stdout\n": (
        "    _real_stdout = os.fdopen(os.dup(1), 'w')\n    os.dup2(2, 1)\n"  # also for the processes it starts
    ),
    """_real_stdout.write(json.dumps({"status": "error", "error": str(e)}) + "\\n")""": (
        """traceback.print_exc(); _real_stdout.write(json.dumps({"status": "error", "error": str(e)}) + "\\n")"""
    ),
    """"trace": traceback.format_exc()}""": (
        """"trace": traceback.format_exc(), "type": type(e).__name__, """
        """"stack": traceback.format_tb(e.__traceback__)[1:]}"""
    ),
}

CREDENTIALS_SECONDS = 7 * 24 * 3600  # Lambda renews a running environment's; here it outlives any use

_credentials = lambda_runtime.execution_credentials
_spawn = lambda_runtime.Worker._spawn
_invoke = lambda_runtime.Worker.invoke
_execute = lambda_svc._execute_function_warm
_outcome = threading.local()  # of the invocation that runs on this thread


def register() -> None:
    lambda_runtime._PYTHON_WORKER_SCRIPT = _ENTER + _changed(lambda_runtime._PYTHON_WORKER_SCRIPT)
    lambda_runtime.zipfile = SimpleNamespace(**{**vars(zipfile), "ZipFile": unpacked.Archive})
    lambda_runtime._signal = end
    lambda_runtime.execution_credentials = credentials
    lambda_runtime.Worker._spawn = spawn
    lambda_runtime.Worker.invoke = invoke
    lambda_svc._execute_function_warm = execute
    python = str(function_runtime.interpreter())
    detect = lambda_runtime._detect_runtime_binary
    lambda_runtime._detect_runtime_binary = lambda runtime: (
        (python, lambda_runtime._PYTHON_WORKER_SCRIPT) if runtime.startswith("python") else detect(runtime)
    )


def _changed(script: str) -> str:
    for old, new in _CHANGES.items():
        if old not in script:
            raise RuntimeError(f"MiniStack's worker script has changed: {old!r} is not in it")
        script = script.replace(old, new)
    return script


def end(process: Any) -> None:
    """End a function's process and those it started, at once: AWS takes the whole sandbox away."""
    if process is None or process.poll() is not None:
        return
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:  # it has not come to lead a group yet
        process.kill()


def credentials(configuration: dict[str, Any]) -> dict[str, str]:
    """A role's credentials expire, and databases refuse credentials without an expiry."""
    variables: dict[str, str] = _credentials(configuration)
    if session := sts._sessions.get(variables["AWS_ACCESS_KEY_ID"]):
        session["Expiration"] = time.time() + CREDENTIALS_SECONDS
    return variables


def spawn(worker: Any) -> None:
    """Start the function; what it wrote while it failed to initialize belongs into its log."""
    try:
        _spawn(worker)
    except RuntimeError:
        _outcome.last = {"log": worker._drain_stderr_bounded()}
        raise


def invoke(worker: Any, *arguments: Any, **options: Any) -> dict[str, Any]:
    outcome: dict[str, Any] = _invoke(worker, *arguments, **options)
    _outcome.last = outcome
    return outcome


def execute(function: Any, event: Any, request_id: str) -> dict[str, Any]:
    """Run a function; a failure's payload has the fields and values that the Python runtime reports."""
    _outcome.last = {}
    result: dict[str, Any] = _execute(function, event, request_id)
    outcome = _outcome.last
    if result.get("error") and "type" in outcome:
        result["body"] |= {
            "errorType": outcome["type"],
            "requestId": request_id,
            "stackTrace": outcome["stack"],
        }
    elif result.get("error") and not result["log"]:
        result["log"] = outcome.get("log", "")
    return result
