"""What an operator types (`ops local backup …`), against the embedded account."""

import json
import os
import subprocess
import sys
from contextlib import closing

import psycopg2
import pytest
from psycopg2.extensions import parse_dsn

from demo.story.backup import PATIENCE
from lambdas.vocabulary.backups import DUMP, VERIFICATION


@pytest.fixture(scope="module")
def recovery(started, tmp_path_factory):
    """Runs one command as an operator would; the target's password is in a password file."""
    target = parse_dsn(started.database_url)
    passwords = tmp_path_factory.mktemp("home") / "pgpass"
    passwords.touch(mode=0o600)
    passwords.write_text(f"*:*:*:*:{target['password']}\n")
    environment = {**os.environ, **started.stage.account.client_environment(), "PGPASSFILE": str(passwords)}

    def run(*arguments):
        command = [sys.executable, "-m", "ops", "local", "backup", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    return run


@pytest.fixture(scope="module")
def backup(stage, recovery):
    done = recovery("now", "--reason", "test")
    assert done.returncode == 0, done.stderr
    prefix = done.stdout.splitlines()[0]
    stage.wait_for(prefix + VERIFICATION, PATIENCE)
    return prefix


@pytest.fixture
def empty_database(started):
    """The URL of a new database, without its password."""
    with closing(psycopg2.connect(started.database_url)) as session:
        session.autocommit = True
        session.cursor().execute("DROP DATABASE IF EXISTS brought_back")
        session.cursor().execute("CREATE DATABASE brought_back")
    target = parse_dsn(started.database_url)
    return f"postgresql://{target['user']}@{target['host']}:{target['port']}/brought_back"


def count(started, database):
    target = parse_dsn(started.database_url) | {"dbname": database}
    with closing(psycopg2.connect(**target)) as session, session.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM orders")
        return cursor.fetchone()[0]


def test_list_shows_a_backup_with_its_verdict(recovery, backup):
    (line,) = (line for line in recovery("list").stdout.splitlines() if line.startswith(backup))
    assert line.endswith("proven")


def test_list_and_show_as_json(recovery, backup):
    listed = json.loads(recovery("list", "--json").stdout)
    assert next(it for it in listed["backups"] if it["backup"] == backup)["proven"] is True
    shown = json.loads(recovery("show", backup, "--json").stdout)
    assert shown["rows"] == sum(table["rows"] for table in shown["tables"]) == 412621
    assert {check["result"] for check in shown["verification"]["checks"]} <= {"passed", "none named"}


def test_verify_restores_again_and_says_so(recovery, backup):
    done = recovery("verify", backup)
    assert done.returncode == 0
    assert "✓ tables equal: 28 tables, 412621 rows" in done.stdout
    assert done.stdout.splitlines()[-1] == f"{backup} is proven"


def test_fetched_archive_is_readable(recovery, backup, tmp_path):
    """Fetch brings an archive that pg restore reads."""
    done = recovery("fetch", backup, "--to", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "dump.pgc").read_bytes().startswith(b"PGDMP")
    assert {path.name for path in tmp_path.iterdir()} == {"dump.pgc", "roles.sql", "manifest.json"}


def test_restore_needs_an_empty_database(recovery, started, backup, empty_database):
    """Restore brings every row back and takes only an empty database."""
    done = recovery("restore", "latest", "--to", empty_database)
    assert done.returncode == 0, done.stderr
    assert count(started, "brought_back") == count(started, "junkos")

    again = recovery("restore", "latest", "--to", empty_database)
    assert again.returncode == 1
    assert "is not empty" in again.stderr
    assert len(again.stderr.splitlines()) == 1


def test_damaged_backup_leaves_target_empty(recovery, started, stage, backup, empty_database):
    """A damaged backup leaves the target as empty as it was."""
    intact = stage.read(backup + DUMP)
    stage.write(backup + DUMP, intact[:-1] + bytes([intact[-1] ^ 1]))
    try:
        done = recovery("restore", backup, "--to", empty_database)
    finally:
        stage.write(backup + DUMP, intact)
    assert done.returncode == 1
    assert "SHA-256" in done.stderr or "zstandard" in done.stderr
    with pytest.raises(psycopg2.errors.UndefinedTable):
        count(started, "brought_back")


def test_password_argument_is_refused(recovery):
    """A password on the command line is refused and not repeated."""
    done = recovery("restore", "latest", "--to", "postgresql://me:hunter2@127.0.0.1/x")
    assert done.returncode == 2
    assert "password" in done.stderr
    assert "hunter2" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        (["verify", "junkos/2026/01/01/nothing"], 2, "is not a backup: it has no manifest.json"),
        (["restore", "--to", "postgresql://me@127.0.0.1:1/x"], 3, "the target database: "),
    ],
)
def test_refusal_is_one_line_and_code(recovery, backup, arguments, code, reason):
    """What is refused is one line and an exit code."""
    done = recovery(*arguments)
    assert done.returncode == code
    assert reason in done.stderr
    assert len(done.stderr.splitlines()) == 1
