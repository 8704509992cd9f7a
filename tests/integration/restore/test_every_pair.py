"""A backup of every version restores into every version from its own up: by our command and by that server's tools."""

import os
import subprocess
from contextlib import ExitStack, closing

import psycopg2
import pytest
from psycopg2.extensions import parse_dsn

from emulator import postgres
from emulator.errors import EmulatorError
from emulator.postgres_versions import MAJORS, programs
from lambdas.database_backup.back_up import back_up
from lambdas.database_backup.request import Request
from lambdas.database_backup.settings import Settings
from lambdas.shared.catalogue import Catalogue
from lambdas.shared.clock import Deadline
from lambdas.shared.postgres import Login
from lambdas.shared.restore.objects import Backup
from ops.backup.fetch import fetch
from ops.backup.restore import restore
from ops.errors import OpsError
from tests.integration.restore.conftest import BUCKET, create_database
from tests.integration.restore.test_versions import JSON_ARGUMENTS, NAME_OF_A_NOT_NULL, NEWER_MINOR_VERSION, SYSTEM_USER

PAIRS = [(source, target) for source in MAJORS for target in MAJORS if source <= target]
A_BIT_OF_EVERYTHING = """
CREATE EXTENSION citext;
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE SEQUENCE odd INCREMENT 2 START 3;
CREATE TABLE people (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "Name" citext UNIQUE, mood mood DEFAULT 'ok', age positive,
    twice int GENERATED ALWAYS AS (age * 2) STORED, extra jsonb, "select" text[], seen tstzrange
);
INSERT INTO people ("Name", age, extra, "select", seen)
SELECT 'p' || i, i, jsonb_build_object('i', i), ARRAY['a', NULL], tstzrange(now(), NULL) FROM generate_series(1, 100) i;
CREATE TABLE visits (person bigint REFERENCES people, at date NOT NULL DEFAULT '2026-01-01') PARTITION BY RANGE (at);
CREATE TABLE visits_2026 PARTITION OF visits FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE INDEX ON visits (at);
INSERT INTO visits (person) SELECT id FROM people;
CREATE VIEW old AS SELECT * FROM people WHERE age > 50;
CREATE MATERIALIZED VIEW counted AS SELECT count(*) FROM visits;
CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER stop BEFORE INSERT ON people FOR EACH ROW EXECUTE FUNCTION stop();
CREATE FUNCTION double(x int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT x * 2; END;
SELECT lo_from_bytea(0, 'large'), nextval('odd');
"""


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    """A running server of each version."""
    with ExitStack() as running:
        try:
            yield {
                major: running.enter_context(
                    postgres.server(
                        tmp_path_factory.mktemp(f"pair{major}") / "data",
                        programs=programs(major),
                        settings={"allow_system_table_mods": "on", "shared_buffers": "16MB"},
                    )
                )
                for major in MAJORS
            }
        except EmulatorError as error:
            pytest.skip(str(error))


@pytest.fixture(scope="module")
def backups(servers, s3):
    """The backup that the function makes of a database of each version."""
    return {major: made(servers[major], major, s3) for major in MAJORS}


def made(server, major, s3, name="everything", sql=A_BIT_OF_EVERYTHING):
    extra = "".join([JSON_ARGUMENTS if major < 17 else "", SYSTEM_USER if major < 16 else ""])
    create_database(server, name, sql + extra)
    settings = Settings(
        environment="test",
        database=f"{name.replace('_', '-')}-{major}",
        database_host=None,
        database_port=0,
        database_name=None,
        database_login=None,
        database_url_secret="of no use",
        database_minimum_tls="disable",
        bucket=BUCKET,
        critical_tables=(),
        excluded_table_data=(),
        excluded_schemas=(),
        provable_bytes=8 * 10**9,
        compression_level=3,
    )
    manifest = back_up(
        settings, Request.of({}, "pair"), s3=s3, log_in=lambda: login(server, name), deadline=Deadline.within(120)
    )
    return Backup(Catalogue(s3, BUCKET), manifest)


def login(server, database):
    parameters = parse_dsn(server.url(database))
    return Login({name: value for name, value in parameters.items() if name != "password"}, server.password)


@pytest.fixture(params=PAIRS, ids=lambda pair: f"{pair[0]} into {pair[1]}")
def pair(request, servers, backups):
    source, target = request.param
    return backups[source], servers[target], f"from_{source}"


@pytest.fixture
def by_hand(servers, tmp_path):
    """Runs a line of shell with the programs of a server's version in its path."""

    def run(server, database, line):
        passwords = tmp_path / "pgpass"
        passwords.touch(mode=0o600)
        passwords.write_text(f"*:*:*:*:{server.password}")
        [major] = [major for major, each in servers.items() if each is server]
        environment = {
            "PATH": f"{programs(major)}:{os.defpath}",
            "PGHOST": "127.0.0.1",
            "PGPORT": str(server.port),
            "PGUSER": "postgres",
            "PGDATABASE": database,
            "PGPASSFILE": str(passwords),
        }
        command = ["bash", "-euo", "pipefail", "-c", line]
        return subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)

    return run


def rows(server, database):
    with closing(psycopg2.connect(server.url(database))) as session, session.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM people), (SELECT count(*) FROM visits), (SELECT * FROM counted)")
        return cursor.fetchone()


def test_by_our_command(pair):
    backup, server, name = pair
    create_database(server, f"{name}_command", "")
    restored = restore(backup, login(server, f"{name}_command"))
    assert restored.left_out == []
    assert f"{len(backup.manifest.tables)} tables, {backup.manifest.rows} rows" in restored.done
    assert rows(server, f"{name}_command") == (100, 100, 100)


@pytest.mark.parametrize(
    ("way", "line"),
    [
        ("pg_restore", "pg_restore --no-owner --no-acl --exit-on-error --jobs 2 --dbname $PGDATABASE dump.pgc"),
        ("psql", "pg_restore --no-owner --no-acl -f - dump.pgc | psql -q -v ON_ERROR_STOP=1 > /dev/null"),
    ],
)
def test_by_the_servers_own_tools(pair, by_hand, tmp_path, way, line):
    backup, server, name = pair
    create_database(server, f"{name}_{way}", "")
    fetch(backup, tmp_path)
    done = by_hand(server, f"{name}_{way}", line)
    assert (done.returncode, done.stderr) == (0, "")
    assert rows(server, f"{name}_{way}") == (100, 100, 100)


def test_older_server_is_refused_first(servers, backups):
    """An older server is refused before anything is done."""
    create_database(servers[15], "too_old", "")
    with pytest.raises(OpsError, match=r"is PostgreSQL 15\.19.*made by pg_dump 17 \(restore into a server of 17"):
        restore(backups[17], login(servers[15], "too_old"))


def test_newer_clauses_are_left_out(servers, s3):
    """Clauses of a newer minor version are left out and named."""
    backup = made(servers[15], 15, s3, name="attver", sql=NEWER_MINOR_VERSION)
    create_database(servers[15], "attver_restored", "")
    restored = restore(backup, login(servers[15], "attver_restored"))
    assert restored.left_out == ["column option pg_attver, which this server does not know and no data hangs on"]


def test_not_null_name_shows_remedy(servers, s3):
    """A name that a not null takes since 18 is said with the remedy."""
    backup = made(servers[17], 17, s3, name="not_null", sql=f"{NAME_OF_A_NOT_NULL};")
    create_database(servers[18], "not_null_restored", "")
    with pytest.raises(OpsError) as caught:
        restore(backup, login(servers[18], "not_null_restored"))
    assert len(str(caught.value).splitlines()) == 1
    assert 'constraint "u_b_not_null" for relation "u" already exists' in str(caught.value)
    assert "rename u_b_not_null there and back up, or restore into 17 and rename it there" in str(caught.value)
