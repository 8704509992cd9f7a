"""A real PgBouncer in front of a server of the tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
from psycopg2.extensions import parse_dsn

from emulator import process
from tests.programs import PGBOUNCER, needs

INSTALLED = needs(PGBOUNCER, "pgbouncer")
_START_SECONDS = 30.0


@contextmanager
def pgbouncer(folder: Path, url: str, users: dict[str, str], **settings: object) -> Iterator[int]:
    """The port of a PgBouncer before the server of `url`; `users` are logins with their passwords.

    `settings` are PgBouncer's own, such as `pool_mode`.
    """
    server, port = parse_dsn(url), process.free_port()
    folder.mkdir(parents=True)
    (folder / "users.txt").write_text("".join(f'"{user}" "{password}"\n' for user, password in users.items()))
    chosen = {
        "listen_addr": "127.0.0.1",
        "listen_port": port,
        "unix_socket_dir": "",
        "auth_type": "plain",
        "auth_file": folder / "users.txt",
        **settings,
    }
    lines = [
        "[databases]",
        f"* = host={server['host']} port={server['port']}",
        "[pgbouncer]",
        *(f"{name} = {value}" for name, value in chosen.items()),
    ]
    (folder / "pgbouncer.ini").write_text("\n".join(lines) + "\n")
    child = process.start(
        "pgbouncer", [str(PGBOUNCER), str(folder / "pgbouncer.ini")], directory=folder, environment={}
    )
    with process.stopped_at_exit(child):
        child.wait_until(lambda: _answers(url, port, users), _START_SECONDS)
        yield port


def _answers(url: str, port: int, users: dict[str, str]) -> bool:
    user, password = next(iter(users.items()))
    try:
        psycopg2.connect(url, host="127.0.0.1", port=port, user=user, password=password).close()
    except psycopg2.OperationalError:
        return False
    return True
