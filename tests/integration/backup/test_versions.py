"""A value reads as the same text on every version of the server, whatever its settings are."""

import pytest

from embedded import postgres, postgres_versions
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
    "statement_timeout": "'2s'",
    "search_path": "odd_schema",
    "default_transaction_isolation": "serializable",
}


@pytest.fixture(params=[14, 15, 16, 17])
def older_source(request, tmp_path):
    programs = postgres_versions.programs(request.param)
    with postgres.server(tmp_path / "data", programs=programs) as running:
        server = Server(running)
        server.execute(f"CREATE ROLE {LOGIN} LOGIN PASSWORD '{PASSWORD}'")
        server.execute(f"GRANT pg_read_all_data TO {LOGIN}")
        for name, value in OTHER_SETTINGS.items():
            server.execute(f"ALTER ROLE {LOGIN} SET {name} = {value}")
        yield Source(server, "postgres")


def test_a_backup_is_made_by_the_tools_of_the_servers_version(run, older_source):
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
