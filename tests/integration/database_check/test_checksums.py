"""A page that the disk changed."""

import psycopg2
import pytest

from tests.integration.database_check.conftest import ONLY_18, SETTINGS, check, judgements, until

pytestmark = ONLY_18
MIDDLE_OF_THE_SECOND_PAGE = 8192 + 4096


def test_a_damaged_page_is_critical(database):
    database.execute("CREATE TABLE t AS SELECT generate_series(1, 10000) AS id")
    copy = f"{database.name}_copy"
    # A copy made of files has no page in the server's memory, so the next read is from the disk.
    database.server.query(f"CREATE DATABASE {copy} TEMPLATE {database.name} STRATEGY file_copy")
    try:
        ((directory, path),) = database.server.query(
            "SELECT current_setting('data_directory'), pg_relation_filepath('t')", copy
        )
        with open(f"{directory}/{path}", "r+b") as file:  # noqa: PTH123  the server's own path
            file.seek(MIDDLE_OF_THE_SECOND_PAGE)
            file.write(b"damage")
        with pytest.raises(psycopg2.errors.DataCorrupted):
            database.server.query("SELECT count(*) FROM t", copy)
        until(lambda: database.query(f"SELECT 1 FROM pg_stat_database WHERE datname='{copy}' AND checksum_failures=1"))
        summary = check(SETTINGS, lambda: database.server.login(database=database.name), database.states)
    finally:
        database.server.query(f"DROP DATABASE {copy}")
    (judgement,) = judgements(summary, "checksum_failures")
    assert judgement["level"] == "critical"
    assert judgement["message"].startswith(f"1 pages of {copy} had a wrong checksum")
    assert database.published()["checksum_failures"] == 1
