"""All that an invocation writes is in the function's log when its answer comes.

MiniStack waits some milliseconds for it, and on a busy machine leaves lines, and so metrics, to the next invocation.
"""

import queue
import time
from typing import Any

from ministack.core import lambda_runtime

MARK = "\0"
"""Ends a line that ends what an invocation has written; a function's line that has no end comes before it."""
_ANSWER = """_real_stdout.write(json.dumps({"status": "ok", "result": result}) + "\\n")"""
CHANGES = {_ANSWER: f"""print("\\0", file=sys.stderr, flush=True); {_ANSWER}"""}
"""What is replaced in MiniStack's worker script, and by what."""
PATIENCE = 10.0  # seconds; only a process that has escaped its function's end keeps its output open that long


def register() -> None:
    lambda_runtime.Worker._read_stderr = read
    lambda_runtime.Worker._drain_stderr = drained
    lambda_runtime.Worker._drain_stderr_bounded = drained


def read(worker: Any) -> None:
    """Queue the lines of the worker's process as they come, and a mark after the last one."""
    lines, output = worker._stderr_queue, worker._proc.stderr
    for line in output:
        lines.put(line.rstrip("\n"))
    lines.put(MARK)


def drained(worker: Any) -> str:
    """What was written up to the next mark, without it."""
    lines: list[str] = []
    deadline = time.monotonic() + PATIENCE
    while not lines or not lines[-1].endswith(MARK):
        try:
            lines.append(worker._stderr_queue.get(timeout=max(deadline - time.monotonic(), 0)))
        except queue.Empty:
            break
    return "\n".join(lines).removesuffix(MARK).removesuffix("\n")
