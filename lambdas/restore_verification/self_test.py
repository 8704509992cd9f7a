"""Starts the restore servers without a backup: what nothing but the platform itself can show.

A server needs shared memory without `/dev/shm`, processes that see each other in `/proc`, and files in memory.
"""

import os
import time
from contextlib import closing
from pathlib import Path

import psycopg2
from postgresql_servers import MAJORS

from lambdas.restore_verification.resources import Resources
from lambdas.restore_verification.server import Server, empty_server
from lambdas.restore_verification.workspace import workspace
from lambdas.shared.observability import logger
from lambdas.shared.postgres_errors import one_line
from lambdas.shared.restore.errors import CouldNotVerifyError
from lambdas.vocabulary.self_test import ServersStarted, StartedServer

_WRITTEN = "a row that was written"


def start_servers(resources: Resources) -> ServersStarted:
    """Start each of the servers, write a row to it, read the row, and stop it; nothing of it is kept."""
    machine = _machine()
    started: list[StartedServer] = []
    failure = ""
    try:
        for major in MAJORS:
            resources.check_time(f"starting PostgreSQL {major}")
            started.append(_start(resources, major))
    except (CouldNotVerifyError, psycopg2.Error, OSError) as error:
        failure = one_line(str(error))
        logger.error("a restore server did not start", major=major, reason=failure, machine=machine)
    return ServersStarted(tuple(started), machine, failure and f"PostgreSQL {major}: {failure}")


def _start(resources: Resources, major: int) -> StartedServer:
    began = time.monotonic()
    with workspace() as directory, empty_server(directory, resources, major) as server:
        _write_and_read(server)
        return StartedServer(server.version, round(time.monotonic() - began, 3))


def _write_and_read(server: Server) -> None:
    with closing(server.connect("postgres")) as session, session, session.cursor() as cursor:
        cursor.execute("CREATE TABLE self_test (written text)")
        cursor.execute("INSERT INTO self_test VALUES (%s)", (_WRITTEN,))
        cursor.execute("SELECT written FROM self_test")
        if (found := cursor.fetchall()) != [(_WRITTEN,)]:
            raise CouldNotVerifyError(f"it gave back {found!r} for the row that was written")


def _machine() -> dict[str, str]:
    return {
        "kernel": os.uname().release,
        "/proc": "shows this process" if Path(f"/proc/{os.getpid()}/stat").exists() else "does not show this process",
        "/dev/shm": _shared_memory(Path("/dev/shm")),  # noqa: S108  (it is looked at, and nothing is written)
        "memfd": _memory_file(),
    }


def _shared_memory(device: Path) -> str:
    if not device.is_dir():
        return "is not there"
    return "can be written" if os.access(device, os.W_OK) else "cannot be written"


def _memory_file() -> str:
    try:
        os.close(os.memfd_create("self-test"))
    except OSError as error:
        return f"refused: {error.strerror}"
    return "can be made"
