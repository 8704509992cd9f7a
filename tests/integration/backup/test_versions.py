"""A backup is the same on every version of the server, whatever a role or a URL would have its sessions do."""

from contextlib import closing

import psycopg2
import pytest

from emulator import postgres, postgres_versions
from lambdas.database_backup.source import for_tools, named, session_at
from lambdas.shared.clock import now
from tests.integration.backup.conftest import LOGIN, PASSWORD, Server, Source

ODD_VALUES = """
CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TYPE pair AS (a int, b text[]);
CREATE TABLE odd (
    "B b" float8, "a" float4, c numeric, d timestamptz, e interval, f bytea, g money, h mood, i pair[], j jsonb,
    k int4range, l bit(3), m timestamp, n date, p regclass, q inet, r point, s text, t tsvector, u uuid, v "char"
);
INSERT INTO odd VALUES
('NaN', 0.1, 'NaN', '2026-03-04 02:00+05:30', '-1 mon 2 days -03:04:05.678', '\\x00ff27', '-1234.5', 'sad',
 ARRAY[ROW(1, '{a,NULL,"b c"}')::pair, NULL], '{"b": 1.10, "a": null}', '(1,5]', B'101', '0044-03-15 BC',
 '-infinity', 'odd', '::1/64', '(1e300,-0.1)', E'quote \\' back\\\\slash \\t tab', 'a:1A fat:2',
 '00000000-0000-0000-0000-000000000001', 'x'),
(0.1::float8 + 0.2, '-Infinity', 1e20, 'infinity', '1 year', '', 0, 'ok', '{}', '[]', 'empty', B'000', 'epoch',
 '4713-01-01 BC', NULL, '10.0.0.1', '(0,0)', '', '', NULL, '');
INSERT INTO odd DEFAULT VALUES;
"""
OTHER_SETTINGS = {
    "DateStyle": "'German, DMY'",
    "IntervalStyle": "iso_8601",
    "TimeZone": "'Asia/Kathmandu'",
    "bytea_output": "escape",
    "extra_float_digits": "-15",
    "client_encoding": "latin1",
    "search_path": "odd_schema",
    "default_transaction_isolation": "serializable",
}
# Shorter than any dump takes; a server knows those of its own version and of older ones.
LIMITS = {
    14: ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "idle_session_timeout"),
    17: ("transaction_timeout",),
}


def limits_of(major):
    return [name for since, names in LIMITS.items() if since <= major for name in names]


@pytest.fixture(params=[14, 15, 16, 17])
def older_source(request, tmp_path):
    programs = postgres_versions.programs(request.param)
    with postgres.server(tmp_path / "data", programs=programs) as running:
        server = Server(running)
        server.execute(f"CREATE ROLE {LOGIN} LOGIN PASSWORD '{PASSWORD}'")
        server.execute(f"GRANT pg_read_all_data TO {LOGIN}")
        for name, value in OTHER_SETTINGS.items():
            server.execute(f"ALTER ROLE {LOGIN} SET {name} = {value}")
        for name in limits_of(request.param):
            server.execute(f"ALTER ROLE {LOGIN} SET {name} = '100ms'")
        yield Source(server, "postgres")


def test_tools_match_the_server_version(run, older_source):
    """A backup is made by the tools of the servers version."""
    manifest = run(login=older_source.login(), critical_tables=())
    assert manifest.client_version.partition(".")[0] == manifest.server_version.partition(".")[0]


def test_the_same_rows_have_the_same_checksum(run, older_source, empty_source):
    checksums = []
    for source in (older_source, empty_source):
        source.execute(ODD_VALUES)
        [table] = run(login=source.login(), critical_tables=("odd",)).tables
        assert table.rows == 3
        checksums.append(table.checksum)
    assert checksums[0] == checksums[1]


def test_role_limits_end_no_session(run, older_source):
    """The limits of a role end no session of ours."""
    older_source.execute(
        "CREATE TABLE texts AS SELECT i, 'a letter that LATIN1 lacks: €' FROM generate_series(1, 1000) i"
    )
    assert run(login=older_source.login(), critical_tables=("texts",)).rows == 1000


def test_url_limits_end_no_session(run, source):
    """The limits of a url end no session of ours."""
    options = " ".join(f"-c {name}=100ms" for name in limits_of(18))
    assert run(login=source.login(options=options, client_encoding="latin1")).rows == 15500


def test_pg_dumpall_gets_our_limits_last(source):
    """Pg dumpall gets our limits behind those of the url."""
    login = source.login(options="-c statement_timeout=100ms -c work_mem=5MB")
    with session_at(named(login, now())) as session:
        parameters = for_tools(named(login, now()), session).parameters
    with closing(psycopg2.connect(**parameters, password=PASSWORD)) as session, session.cursor() as cursor:
        names = [*limits_of(18), "work_mem"]
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY (%s)", (names,))
        assert dict(cursor.fetchall()) == {**dict.fromkeys(names, "0"), "lock_timeout": "60000", "work_mem": "5120"}
