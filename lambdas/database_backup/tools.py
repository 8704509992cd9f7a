"""Running PostgreSQL's own tools as children that are always reaped, and whose failure is told in one line."""

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from postgresql_tools import program
from psycopg2.extensions import make_dsn

from lambdas.database_backup.errors import BackupInterruptedError, class_of
from lambdas.shared.clock import Deadline
from lambdas.shared.postgres import Login, password_file
from lambdas.shared.postgres_errors import one_line

_PATIENCE = 2  # seconds for a tool to tell its server session to stop


@dataclass(frozen=True)
class Tool:
    """A running tool; its standard output is to be read, its messages are kept for the error."""

    name: str
    process: "subprocess.Popen[bytes]"
    output: IO[bytes]
    messages: IO[bytes]
    login: Login

    def stop(self) -> None:
        """End it now.  Asked kindly, pg_dump ends its query at the server as well."""
        self.process.terminate()
        try:
            self.process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def finish(self) -> None:
        """Wait for its end; raises the BackupError that fits unless it says that all went well."""
        status = self.process.wait()
        if status < 0:
            hint = "; was its memory short? raise the function's memory" if status == -signal.SIGKILL else ""
            raise BackupInterruptedError(f"{self.name} was ended by {signal.Signals(-status).name}{hint}")
        if status:
            self.messages.seek(0)
            said = self.messages.read().decode(errors="replace")
            raise class_of(said)(f"{self.name} failed: {_essence(said, self.login)}")


@contextlib.contextmanager
def running(name: str, major: int, arguments: Sequence[str], login: Login) -> Iterator[Tool]:
    """Start a tool of a major version against `login`'s database.

    When the block is left it no longer runs, whatever happened.
    """
    with password_file(login) as (variables, descriptors), os.fdopen(os.memfd_create(name), "w+b") as messages:
        process = subprocess.Popen(
            [program(name, major), f"--dbname={make_dsn(**login.parameters)}", "--no-password", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=messages,
            bufsize=0,
            pass_fds=descriptors,
            env={"LC_ALL": "C", **variables},  # not this process's own: it holds the role's credentials
        )
        assert process.stdout is not None  # noqa: S101  (for the type checker: it is a pipe)
        tool = Tool(name, process, process.stdout, messages, login)
        try:
            yield tool
        finally:
            if process.poll() is None:
                tool.stop()
            process.stdout.close()
            process.wait()


@contextlib.contextmanager
def stopped_at(work: Deadline, tool: Tool) -> Iterator[None]:
    """End the tool when the time is over."""
    watch = threading.Timer(max(work.remaining, 0), tool.stop)
    watch.start()
    try:
        yield
    finally:
        watch.cancel()


def _essence(messages: str, login: Login) -> str:
    """The first error, with what the server said about it."""
    lines = messages.splitlines()
    errors = [index for index, line in enumerate(lines) if ": error: " in line]
    first = lines[errors[0]] if errors else (lines or [""])[-1]
    said = next((line.partition("from server: ")[2] for line in lines if "Error message from server: " in line), "")
    line = f"{first.removesuffix('.')}: {said}" if said else first
    return one_line(line, secrets=(login.password or "",), context=messages)
