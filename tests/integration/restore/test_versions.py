"""Backups of every version, restored into a server of their own: with whatever of the zoo such a server can hold."""

from contextlib import closing

import psycopg2
import pytest
from psycopg2 import sql

from emulator import postgres
from emulator.errors import EmulatorError
from emulator.postgres_versions import MAJORS, programs, programs_with_icu
from lambdas.vocabulary.backups import VERIFICATION, Verification
from tests.databases.loader import THEMES, load
from tests.integration.restore.backups import pg_dump
from tests.integration.restore.conftest import create_database
from tests.integration.restore.function import faults
from tests.integration.restore.test_verdicts import ORDERS, body_of, failed, result_of

# Those in which versions differ most, and in which pg_dump writes other things for them.
TELLING = (
    "constraints", "functions", "generated_and_identity", "large_objects", "partitions", "privileges", "publications",
    "row_level_security", "sequences", "types_numbers", "extension_pgcrypto", "types_xml", "event_triggers",
)  # fmt: skip
JSON_ARGUMENTS = """
CREATE FUNCTION f(json json) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION g() RETURNS TABLE (id int, json json) LANGUAGE sql AS $$ SELECT 1, '{}'::json $$;
"""
SYSTEM_USER = """
CREATE FUNCTION h(system_user text) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TABLE system_user (system_user text);
CREATE VIEW v AS SELECT system_user.system_user FROM system_user;
"""
NAME_OF_A_NOT_NULL = "CREATE TABLE u (a int, b int NOT NULL, CONSTRAINT u_b_not_null UNIQUE (a))"
NEWER_MINOR_VERSION = """
CREATE TABLE t (a int, b int);
INSERT INTO t VALUES (1, 2);
UPDATE pg_attribute SET attoptions = '{pg_attver=7}' WHERE attrelid = 't'::regclass AND attname = 'a';
UPDATE pg_attribute SET attoptions = '{n_distinct=5,pg_attver=7}' WHERE attrelid = 't'::regclass AND attname = 'b';
"""


@pytest.fixture(scope="module", params=MAJORS)
def old_source(request, tmp_path_factory):
    try:
        folder = programs(request.param)
    except EmulatorError as error:
        pytest.skip(str(error))
    settings = {"allow_system_table_mods": "on"}
    with postgres.server(tmp_path_factory.mktemp("old") / "data", programs=folder, settings=settings) as server:
        yield server


@pytest.fixture
def major(old_source):
    with closing(psycopg2.connect(old_source.url())) as session:
        return session.info.server_version // 10000


def test_shop_is_proven_by_own_version(old_source, major, verification, backup, s3):
    """A shop is proven by a server of its own version."""
    prefix = backup(create_database(old_source, "shop", ORDERS), critical=[("public", "orders")])
    answer = verification.verify(prefix)
    assert answer["verdict"] == "proven", failed(answer)
    assert result_of(answer, "restore clean")["detail"] == "no errors; from a file in 2 sessions"
    written = Verification.from_json(body_of(s3, prefix + VERIFICATION))
    assert written.server_version.startswith(f"{major}.")


OLDER = [
    pytest.param(major, marks=() if major == MAJORS[0] else pytest.mark.exhaustive) for major in MAJORS[:-1]
]  # of the newest is the whole zoo


@pytest.mark.slow
@pytest.mark.parametrize("old_source", OLDER, indirect=True, scope="module")
@pytest.mark.parametrize("theme", [THEMES[name] for name in TELLING], ids=TELLING)
def test_older_theme_is_judged_correctly(theme, old_source, verification, backup):
    """A theme of an older server is judged rightly."""
    if lacking := theme.lacks(old_source.url()):
        pytest.skip(f"the source lacks {', '.join(lacking)}")
    url = create_database(old_source, theme.name, "", theme.encoding)
    load(url, theme)
    answer = verification.verify(backup(url))
    assert answer["verdict"] == theme.verdict, faults(answer)


def test_newer_clauses_are_left_out(old_source, verification, backup):
    """Clauses of a newer minor version are left out and named."""
    answer = verification.verify(backup(create_database(old_source, "attver", NEWER_MINOR_VERSION)))
    assert answer["verdict"] == "proven", faults(answer)
    assert result_of(answer, "restore clean")["detail"].endswith(
        "without column option pg_attver, which the restore server does not know and no data hangs on"
    )


def test_later_keywords_are_proven(old_source, major, verification, backup):
    """Names that a later version takes are proven."""
    statements = [NAME_OF_A_NOT_NULL if major < 18 else "", JSON_ARGUMENTS if major < 17 else ""]
    statements += [SYSTEM_USER if major < 16 else ""]
    answer = verification.verify(
        backup(create_database(old_source, "names", "".join(f"{s};" for s in statements if s)))
    )
    assert answer["verdict"] == "proven", faults(answer)


@pytest.mark.parametrize("extension", ["adminpack", "old_snapshot"])
def test_ended_extension_uses_older_version(old_source, major, verification, backup, extension):
    """An extension that ended is proven by a version that has it."""
    if major > 16:
        pytest.skip("it ended with 16")
    url = create_database(old_source, extension, f"CREATE EXTENSION {extension}; CREATE TABLE plain (id int)")
    answer = verification.verify(backup(url))
    assert answer["verdict"] == "proven", faults(answer)


SORTED_BY_ICU = """
CREATE TABLE p (k text) PARTITION BY RANGE (k);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('Z') TO ('zz');
CREATE TABLE p2 PARTITION OF p FOR VALUES FROM ('b') TO ('c');
CREATE TYPE tr AS RANGE (subtype = text);
CREATE TABLE t (r tr);
INSERT INTO t VALUES ('[a,B)');
INSERT INTO p VALUES ('bee'), ('zoo');
"""


@pytest.fixture(scope="module", params=[major for major in MAJORS if major >= 15])
def icu_source(request, tmp_path_factory):
    directory = tmp_path_factory.mktemp("icu") / "data"
    with postgres.server(directory, programs=programs_with_icu(request.param)) as server:
        yield server


@pytest.fixture
def sorted_by_icu(icu_source):
    with closing(psycopg2.connect(icu_source.url())) as session:
        session.autocommit = True
        cursor = session.cursor()
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS sorted"))
        cursor.execute(
            "CREATE DATABASE sorted TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'"
            " LC_COLLATE 'C' LC_CTYPE 'C'"
        )
    url = icu_source.url("sorted")
    with closing(psycopg2.connect(url)) as session, session, session.cursor() as cursor:
        cursor.execute(SORTED_BY_ICU)
    return url


def test_a_database_sorted_by_icu_is_proven(sorted_by_icu, verification, backup):
    answer = verification.verify(backup(sorted_by_icu))
    assert answer["verdict"] == "proven", faults(answer)
    assert "standing in" not in result_of(answer, "restore clean")["detail"]


def as_of_the_c_library(dump, locale):
    """The archive as from a server that sorts by the C library: as long as it was."""
    i = dump.index(b"LOCALE_PROVIDER = icu")
    end = dump.index(b";", i)
    return dump[:i] + f"LOCALE_PROVIDER = libc LOCALE = '{locale}'".encode().ljust(end - i) + dump[end:]


def test_rds_locale_is_replaced_by_icu(sorted_by_icu, verification, backup):
    """This machine may have no en_US: what sorts by it is proven all the same."""
    answer = verification.verify(backup(sorted_by_icu, dump=as_of_the_c_library(pg_dump(sorted_by_icu), "en_US.x")))
    assert answer["verdict"] == "proven", faults(answer)
    assert "locale en-US of ICU standing in for the source's" in result_of(answer, "restore clean")["detail"]


def test_replaced_locale_failures_are_not_provable(sorted_by_icu, verification, backup):
    """What breaks under a stand in alone is not provable."""
    answer = verification.verify(backup(sorted_by_icu, dump=as_of_the_c_library(pg_dump(sorted_by_icu), "strange")))
    assert answer["verdict"] == "not provable", faults(answer)
    assert failed(answer) == []


@pytest.mark.slow
def test_collations_of_icu_are_proven(icu_source, verification, backup):
    url = create_database(icu_source, "collations_icu", "")
    load(url, THEMES["collations_icu"])
    answer = verification.verify(backup(url))
    assert answer["verdict"] == "proven", faults(answer)
