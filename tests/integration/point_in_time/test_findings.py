"""What the check finds in a real database, against the manifest of an earlier backup."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import psycopg2
import pytest

from emulator import postgres
from lambdas.point_in_time_check import findings
from lambdas.vocabulary.backups import Extension, Result, Table
from tests.backups import Backups

TABLES = """
CREATE TABLE orders (id bigint, note text);
INSERT INTO orders SELECT n, repeat(md5(n::text), 8) FROM generate_series(1, 40000) AS n;
CREATE TABLE payments (id bigint);
CREATE TABLE "Odd ""name" (t text);
INSERT INTO "Odd ""name" VALUES ('a');
"""
CRITICAL = ("public.orders",)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with postgres.server(tmp_path_factory.mktemp("server") / "data") as running:
        with closing(psycopg2.connect(running.url())) as session, session, session.cursor() as cursor:
            cursor.execute(TABLES)
        yield running


@pytest.fixture
def session(server):
    with closing(psycopg2.connect(server.url())) as opened:
        yield opened


def manifest(*tables, extensions=()):
    found = tuple(Table("public", name, rows, checksum="0" * 32) for name, rows in tables)
    return replace(Backups("junkos", datetime(2026, 12, 1, tzinfo=UTC)).manifest, tables=found, extensions=extensions)


@pytest.mark.parametrize(
    ("tables", "result", "said"),
    [
        ([("orders", 40_000)], Result.PASSED, "1 tables, about 40,000 rows"),
        ([("orders", 70_000)], Result.PASSED, "about 40,000"),
        ([("orders", 90_000)], Result.FAILED, "public.orders has about 40,000 rows, and had 90,000"),
        ([("payments", 1)], Result.FAILED, "public.payments has about 0 rows, and had 1"),
        ([("payments", 0), ('Odd "name', 1)], Result.PASSED, "2 tables, about 1 rows"),
        ([("gone", 1)], Result.FAILED, "public.gone is missing"),
    ],
)
def test_tables_are_held_against_the_backup(session, tables, result, said):
    found = findings.tables_as_before(session, CRITICAL, manifest(*tables))
    assert (found.result, said in found.detail) == (result, True), found.detail


def test_sample_of_a_large_table_tells_about_how_many(session, monkeypatch):
    """Its rows are spread over some 1,400 pages, of which a tenth is read."""
    monkeypatch.setattr(findings, "SAMPLED_PAGES", 140)
    rows = findings._rows(session, ("public", "orders"))
    assert 20_000 < rows < 60_000
    assert findings.tables_as_before(session, CRITICAL, manifest(("orders", 40_000))).result is Result.PASSED


def test_nothing_to_compare_with_is_no_proof_and_no_fault(session):
    without = [
        findings.tables_as_before(session, (), manifest(("orders", 1))),
        findings.tables_as_before(session, CRITICAL, None),
        findings.tables_as_before(session, CRITICAL, manifest()),
        findings.extensions_present(session, None),
        findings.assertions_true(session, ()),
    ]
    assert {found.result for found in without} == {Result.NONE_NAMED}


@pytest.mark.parametrize(
    ("extensions", "result", "said"),
    [
        ((Extension("plpgsql", "1.0"),), Result.PASSED, "1 extensions"),
        ((Extension("plpgsql", "0.9"),), Result.FAILED, "plpgsql is 1.0, not 0.9"),
        ((Extension("postgis", "3.5"),), Result.FAILED, "postgis is missing"),
    ],
)
def test_extensions_are_those_of_the_backup(session, extensions, result, said):
    found = findings.extensions_present(session, manifest(extensions=extensions))
    assert (found.result, said in found.detail) == (result, True)


@pytest.mark.parametrize(
    ("found", "source", "result"),
    [
        ("18.3", "18.3", Result.PASSED),
        ("16.4", "16.4-R2", Result.PASSED),
        ("18.6 (Debian 18.6-1)", "18", Result.PASSED),
        ("17.9", "18.3", Result.FAILED),
        ("", "18.3", Result.FAILED),
    ],
)
def test_version_is_the_sources(found, source, result):
    assert findings.version_as_the_source(found, source).result is result


def test_assertions_are_asked(session):
    assert findings.assertions_true(session, ("SELECT count(*) > 0 FROM orders",)).result is Result.PASSED
    found = findings.assertions_true(session, ("SELECT count(*) > 0 FROM payments", "SELECT 1 / 0"))
    assert (found.result, "division by zero" in found.detail) == (Result.FAILED, True)
