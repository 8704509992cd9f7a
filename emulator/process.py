"""Child processes that do not outlive their owner, and whose failures are reported in one line.

Each child leads a session of its own, writes to `logs/<name>.log` and leaves a record in `processes/`,
so that another command (`make down`) can end it later. Ending a child ends everything in its session.
"""

import functools
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from emulator.errors import EmulatorError

POLL_SECONDS = 0.02
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Child:
    name: str
    process: "subprocess.Popen[bytes]"
    log: Path
    record: Path
    stop_signal: signal.Signals

    def last_line(self) -> str:
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else "(it wrote nothing)"

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Return once `ready()` holds; raise with the log's last line if the child ends or time runs out."""
        deadline = time.monotonic() + seconds
        while not ready():
            if self.process.poll() is not None:
                raise EmulatorError(
                    f"{self.name} ended with status {self.process.returncode} before it was ready: "
                    f"{self.last_line()} (see {self.log})"
                )
            if time.monotonic() > deadline:
                raise EmulatorError(
                    f"{self.name} was not ready after {seconds:.0f} s: {self.last_line()} (see {self.log})"
                )
            time.sleep(POLL_SECONDS)

    def stop(self, patience: float = 5.0) -> None:
        """Ask the child to end, then end it and all that descends from it; harmless when it is gone."""
        if self.process.poll() is None:
            self.process.send_signal(self.stop_signal)
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                self.process.kill()
        kill_session(self.process.pid)
        self.process.wait()
        self.record.unlink(missing_ok=True)


def start(
    name: str,
    command: Sequence[str],
    *,
    directory: Path,
    environment: Mapping[str, str],
    stop_signal: signal.Signals = signal.SIGTERM,
    outlives_parent: bool = False,
) -> Child:
    """Start `command` as an unprivileged user in a session of its own.

    Unless `outlives_parent`, the kernel sends it `stop_signal` when its parent dies, however that died.
    """
    log, record = directory / "logs" / f"{name}.log", directory / "processes" / f"{name}.json"
    log.parent.mkdir(parents=True, exist_ok=True)
    record.parent.mkdir(parents=True, exist_ok=True)
    leash = [] if outlives_parent else ["setpriv", "--pdeathsig", stop_signal.name.removeprefix("SIG"), "--"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*unprivileged(), *leash, *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=directory,
            env=dict(environment),
            start_new_session=True,
        )
    about = {"pid": process.pid, "started": _stat(process.pid, _STARTED), "stop_signal": stop_signal.value}
    record.write_text(json.dumps(about))
    return Child(name, process, log, record, stop_signal)


@contextmanager
def stopped_at_exit(child: Child) -> Iterator[Child]:
    try:
        yield child
    finally:
        child.stop()


def stop_recorded(directory: Path, patience: float = 10.0) -> list[str]:
    """End the children that an earlier command left running in `directory`; returns their names."""
    stopped = []
    for record in sorted((directory / "processes").glob("*.json")):
        about = json.loads(record.read_text())
        if _stat(about["pid"], _STARTED) == about["started"]:
            os.kill(about["pid"], about["stop_signal"])
            _wait_for_end(about["pid"], about["started"], patience)
            kill_session(about["pid"])
            stopped.append(record.stem)
        record.unlink()
    return stopped


def exit_on_signals() -> None:
    """Turn SIGINT, SIGTERM and SIGHUP into an ordinary exit, so that every `finally` runs.

    Only the first one counts: another Ctrl-C would end the cleaning up, and leave something running.
    """

    def leave(number: int, _frame: FrameType | None) -> None:
        for each in _ENDING:
            signal.signal(each, signal.SIG_IGN)
        os.write(sys.stderr.fileno(), f"\nstopped by {signal.Signals(number).name}\n".encode())  # print may be at work
        sys.exit(128 + number)

    for number in _ENDING:
        signal.signal(number, leave)


@functools.cache
def unprivileged() -> tuple[str, ...]:
    """The prefix that runs a command as another user when this is root: PostgreSQL refuses root, and
    functions at AWS are not root. The files of this user stay accessible to it."""
    if os.geteuid() != 0:
        return ()
    prefix = ("unshare", "--user", "--map-user=1000", "--map-group=1000", "--")
    try:
        subprocess.run([*prefix, "true"], check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as refusal:
        reason = str(getattr(refusal, "stderr", None) or refusal).strip()
        raise EmulatorError(
            f"PostgreSQL does not run as root, and this machine refuses root another user id ({reason}): "
            "run as a normal user"
        ) from refusal
    return prefix


def free_port() -> int:
    """A TCP port on 127.0.0.1 that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def kill_session(leader: int) -> None:
    """Kill every other process of the session, whichever process group it moved to."""
    while members := [pid for pid in _processes() if _stat(pid, _SESSION) == leader and pid != os.getpid()]:
        for pid in members:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue  # it ended by itself in between
        time.sleep(POLL_SECONDS)


_STATE, _SESSION, _STARTED = 0, 3, 19  # fields of /proc/<pid>/stat after the command's name


def _stat(pid: int, field: int) -> int | None:
    """None when the process is gone, or is a zombie that only waits to be collected."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    if fields[_STATE] == "Z":
        return None
    return int(fields[field])


def _processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]


def _wait_for_end(pid: int, started: int, patience: float) -> None:
    deadline = time.monotonic() + patience
    while _stat(pid, _STARTED) == started and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
