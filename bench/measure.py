"""One run of a command: how long it took, and how much memory it and all that it started held together."""

import json
import os
import resource
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.tools import BenchError
from emulator.process import kill_session

_EVERY = 0.05  # seconds between two looks at the memory


@dataclass(frozen=True)
class Run:
    seconds: float
    processor_seconds: float
    """Of the command and all that it waited for; servers that it spoke with are not in it."""
    peak_bytes: int
    """The highest sum of what living processes of the run have held at most: never less than the true peak."""
    said: Any
    """What its standard output said as JSON; None when it said nothing."""


def run(
    command: Sequence[str], *, environment: Mapping[str, str], directory: Path, tell: Any = None, timeout: float = 1800
) -> Run:
    """Run `command` in a session of its own, with `tell` as JSON on its standard input.  Raises BenchError."""
    log = directory / "run.log"
    with log.open("w+b") as messages:
        started, before = time.monotonic(), _processor_seconds()
        process = subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=messages,
            cwd=directory,
            env=dict(environment),
            start_new_session=True,
        )
        memory = _Memory(process.pid)
        try:
            said, _ = process.communicate(json.dumps(tell).encode(), timeout)
            seconds = time.monotonic() - started
        finally:
            memory.stop()
            kill_session(process.pid)
    if process.returncode:
        last = (log.read_text(errors="replace").strip().splitlines() or ["it said nothing"])[-1]
        raise BenchError(f"{Path(command[0]).name} ended with status {process.returncode}: {last}")
    return Run(seconds, _processor_seconds() - before, memory.peak, json.loads(said) if said.strip() else None)


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)  # of those that have ended
    return used.ru_utime + used.ru_stime


class _Memory:
    """Looks at a process and its descendants until it is stopped."""

    def __init__(self, pid: int) -> None:
        self.peak = 0
        self._pid, self._stopped = pid, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stopped.wait(_EVERY):
            self.peak = max(self.peak, sum(map(_high_water, _tree(self._pid))))


def _tree(pid: int) -> list[int]:
    """The process and its descendants; empty when it is gone.

    A child that has not begun its own program yet shows its parent's memory, and is left out.
    """
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        children = [int(child) for thread in threads for child in (thread / "children").read_text().split()]
    except OSError:
        return []
    begun = [child for child in children if _command(child) != _command(pid)]
    return [pid, *(descendant for child in begun for descendant in _tree(child))]


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _high_water(pid: int) -> int:
    """The most memory that a process has held since it runs its program; none when it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    line = next((line for line in status.splitlines() if line.startswith("VmHWM:")), "VmHWM: 0 kB")
    return int(line.split()[1]) * 1024


def machine() -> dict[str, Any]:
    """What a reader must know of the machine to judge the numbers."""
    return {
        "processors": len(os.sched_getaffinity(0)),
        "memory_gb": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9, 1),
        "load_average": [round(load, 2) for load in os.getloadavg()],
    }
