"""An empty PostgreSQL of the verification's own: no network, no durability, nothing that outlives it."""

import re
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg2
from postgresql_servers import SUPERUSER, make_data_directory, postgres

from lambdas.restore_verification.resources import Resources, on_this_machine
from lambdas.restore_verification.sandbox import (
    ENVIRONMENT,
    begin_restricted,
    children,
    end_children_except,
    hide_from_children,
)
from lambdas.restore_verification.workspace import free_bytes
from lambdas.shared.clock import Deadline
from lambdas.shared.connection import Connection
from lambdas.shared.restore.errors import CouldNotVerifyError

START_SECONDS = 30
STOP_SECONDS = 5
POLL_SECONDS = 0.003
_LOCKS_PER_TRANSACTION = 1024  # pg_restore and pg_dump's schemas of thousands of tables
_CONNECTIONS = 32
_SINCE = {
    17: {"event_triggers": "off"},  # the dump's own must not act on its restore; before 17 they do, as in a recovery
    18: {"io_method": "sync"},
}
"""Options that came with a major version."""


def disk_is_full() -> str:
    return on_this_machine(
        "the function's temporary disk is full (raise its ephemeral storage: backups.verification_storage_gb;"
        " 10 GB hold a database of 8 GB)",
        "the instance's disk is full, though it was made for a database of the manifest's size",
    )


def _memory_is_used_up() -> str:
    return on_this_machine(
        "the function's memory is used up (raise backups.verification_memory_mb)",
        "the instance's memory is used up (choose a larger backups.large_runs.instance_type)",
    )


_LIMITS = {
    re.compile(r"(ERROR|FATAL|PANIC):.*No space left on device"): disk_is_full,
    re.compile(r"LOG:.*was terminated by signal 9|(ERROR|FATAL):  out of memory"): _memory_is_used_up,
}


@dataclass(frozen=True)
class Server:
    process: "subprocess.Popen[bytes]"
    log: Path
    major: int

    @property
    def host(self) -> str:
        """The socket's directory: the data directory, where the server works.  Its own path could be longer than
        the 107 bytes that a socket's may have."""
        return f"/proc/{self.process.pid}/cwd"

    @property
    def version(self) -> str:
        with closing(self.connect("postgres")) as session:
            return session.info.parameter_status("server_version") or ""

    def connect(self, database: str) -> Connection:
        return psycopg2.connect(host=self.host, user=SUPERUSER, dbname=database, connect_timeout=5)

    def check_limits(self) -> None:
        """Raise CouldNotVerifyError when what went wrong is that the server ran out of disk or memory."""
        with self.log.open(errors="replace") as log:
            for line in log:
                for sign, meaning in _LIMITS.items():
                    if sign.search(line):
                        raise CouldNotVerifyError(meaning())


@contextmanager
def empty_server(directory: Path, resources: Resources, major: int) -> Iterator[Server]:
    """A running server of a major version without any database of a user.

    At the end it is gone, with all that it started.
    """
    hide_from_children()
    before = children()
    data, log = directory / "data", directory / "server.log"
    make_data_directory(major, data)
    process = _start([str(postgres(major)), "-D", str(data), *_options(resources, free_bytes(data), major)], log)
    server = Server(process, log, major)
    end_of_time = threading.Timer(max(resources.deadline.remaining, 0), process.send_signal, [signal.SIGQUIT])
    try:
        _wait_until_ready(server)
        end_of_time.start()  # with the server ends whatever waits for it, be it an endless function of the dump
        yield server
    finally:
        end_of_time.cancel()
        _stop(process)
        end_children_except(before)


def _start(command: list[str], log: Path) -> "subprocess.Popen[bytes]":
    with log.open("wb") as output:
        try:
            return subprocess.Popen(
                command,
                env=ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                preexec_fn=begin_restricted,  # noqa: PLW1509  (system calls; no lock that another thread could hold)
            )
        except subprocess.SubprocessError:
            raise CouldNotVerifyError(
                "the restore server was not started, as its machine refuses it a network of its own"
                " (user namespaces must be allowed: sysctl user.max_user_namespaces)"
            ) from None


def _options(resources: Resources, disk: int, major: int) -> list[str]:
    megabytes = resources.memory >> 20
    log = min(max(disk >> 23, 64), 512)  # an eighth of the disk
    options = {
        "listen_addresses": "",
        "unix_socket_directories": ".",
        "dynamic_shared_memory_type": "mmap",  # the sandbox has no /dev/shm
        "shared_memory_type": "mmap",
        "fsync": "off",
        "full_page_writes": "off",
        "synchronous_commit": "off",
        "wal_level": "minimal",
        "max_wal_senders": 0,
        "max_wal_size": f"{log}MB",
        "checkpoint_timeout": "1h",
        "autovacuum": "off",
        "jit": "off",
        "max_connections": _CONNECTIONS,
        "max_locks_per_transaction": _LOCKS_PER_TRANSACTION,
        "shared_buffers": f"{max(megabytes // 8, 16)}MB",
        "maintenance_work_mem": f"{max(megabytes // 4 // resources.processors, 16)}MB",
        "max_parallel_maintenance_workers": resources.processors - 1,
        "lc_messages": "C",
        "log_min_messages": "warning",
    }
    for since, those in _SINCE.items():
        options |= those if major >= since else {}
    return [part for name, value in options.items() for part in ("-c", f"{name}={value}")]


def _wait_until_ready(server: Server) -> None:
    patience = Deadline.within(START_SECONDS)
    while True:
        try:
            with closing(server.connect("postgres")):
                return
        except psycopg2.OperationalError as refusal:
            reason = str(refusal).strip()
        try:
            server.process.wait(POLL_SECONDS)
        except subprocess.TimeoutExpired:
            if patience.remaining > 0:
                continue
        else:
            reason = (server.log.read_text(errors="replace").strip().splitlines() or ["it said nothing"])[-1]
        raise CouldNotVerifyError(f"the restore server did not start: {reason}")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGQUIT)  # at once: nothing of it is kept
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
