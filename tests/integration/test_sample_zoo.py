"""The zoo is what it says: every theme loads, and its dump restores or fails as its verdict tells."""

import os
import subprocess
from contextlib import closing

import psycopg2
import pytest
from psycopg2 import sql

from emulator import postgres
from tests.databases.loader import THEMES, load


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    settings = {"max_locks_per_transaction": "512"}
    with postgres.server(tmp_path_factory.mktemp("zoo") / "data", settings=settings) as running:
        yield running


@pytest.fixture
def tool(server, tmp_path):
    """Run a PostgreSQL program against the server; returns what it did."""
    passwords = tmp_path / "passwords"
    passwords.touch(mode=0o600)
    passwords.write_text(f"*:*:*:*:{server.password}")

    def run(name, *arguments):
        command = [postgres.default_programs() / name, "-h", "127.0.0.1", "-p", str(server.port), "-U", "postgres"]
        environment = os.environ | {"PGPASSFILE": str(passwords)}
        return subprocess.run([*command, *arguments], env=environment, capture_output=True, text=True, check=False)

    return run


def create_database(server, name, encoding):
    with closing(psycopg2.connect(server.url())) as connection:
        connection.autocommit = True
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING {}")
        connection.cursor().execute(statement.format(sql.Identifier(name), sql.Literal(encoding)))


@pytest.mark.exhaustive
@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_theme_dump_matches_its_verdict(theme, server, tool, tmp_path):
    """A dump of the theme restores or fails as its verdict says."""
    if lacking := theme.lacks(server.url()):
        pytest.skip(f"the server lacks {', '.join(lacking)}")
    source, target, archive = theme.name, f"{theme.name}_restored", str(tmp_path / "dump")
    for database in (source, target):
        create_database(server, database, theme.encoding)
    load(server.url(source), theme)
    dumped = tool("pg_dump", "-Fc", "-Z0", "-f", archive, source)
    assert dumped.returncode == 0, dumped.stderr
    restored = tool("pg_restore", "--exit-on-error", "--no-owner", "--no-acl", "-d", target, archive)
    assert (restored.returncode == 0) == (theme.verdict == "proven"), restored.stderr
