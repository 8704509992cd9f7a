"""What of a database is restored each time that is too large to be restored as a whole."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from lambdas.restore_verification.share import Share
from lambdas.shared.clock import now
from lambdas.vocabulary.backups import Part, Table
from tests.backups import Backups

MOMENT = datetime(2026, 11, 1, 2, tzinfo=UTC)
BACKUP = Backups("junkos", MOMENT).manifest
ROOM = 1000
PROVABLE = 800
"""Of the room: the rest is for the log of changes and the files in between."""


def manifest(sizes, *, database_bytes=10_000, **changes):
    tables = tuple(Table("public", name, 10, "digest") for name in sizes)
    known = {f"public.{name}": size for name, size in sizes.items()}
    return replace(BACKUP, tables=tables, table_bytes=known, database_bytes=database_bytes, **changes)


def chosen(sizes, restored_at=None):
    share = Share.of(manifest(sizes), ROOM, restored_at or {})
    assert share
    return {name.removeprefix("public.") for name in share.chosen}


def nights(sizes, count):
    """What is chosen night after night, each knowing what the nights before have restored."""
    restored_at = {}
    for night in range(count):
        share = Share.of(manifest(sizes), ROOM, restored_at)
        yield {name.removeprefix("public.") for name in share.chosen}
        restored_at = share.part(MOMENT + timedelta(days=night), restored_at).restored_at


def test_a_database_that_fits_is_restored_whole():
    assert Share.of(manifest({"orders": 900}, database_bytes=ROOM), ROOM, {}) is None


def test_where_no_table_fits_nothing_is_proven_in_part():
    """The whole is tried, and ends with the disk's own error."""
    assert Share.of(manifest({"orders": 900}), ROOM, {}) is None


def test_small_tables_are_restored_each_time():
    """They are most of a schema, and cost nothing."""
    sizes = {"customers": 5, "orders": 7, "events": 700, "log": 700}
    assert all({"customers", "orders"} <= night for night in nights(sizes, 4))


def test_every_table_that_fits_has_its_turn():
    sizes = {f"part_{number}": 300 for number in range(7)} | {"whole": 800, "small": 8}
    seen = list(nights(sizes, 5))
    assert set().union(*seen) == sizes.keys()
    assert all(sum(sizes[name] for name in night) <= PROVABLE for night in seen)


def test_who_waits_longest_comes_first():
    restored_at = {"public.a": "2026-11-03", "public.b": "2026-11-01", "public.c": "2026-11-02"}
    assert chosen({"a": 500, "b": 500, "c": 500}, restored_at) == {"b"}


def test_many_small_tables_leave_room_for_a_large_one():
    sizes = {f"small_{number:03}": 8 for number in range(200)} | {"large": 390}
    night = chosen(sizes)
    assert "large" in night
    assert sum(sizes[name] for name in night) <= PROVABLE


def test_a_table_that_never_fits_is_named():
    share = Share.of(manifest({"orders": 100, "log": 5000}), ROOM, {})
    assert share.too_large == ("public.log",)
    assert share.detail.endswith("too large for it even alone: public.log")


def test_tables_that_wait_are_expected_empty():
    """Their rows are neither counted nor hashed, and foreign keys to them are not validated."""
    share = Share.of(manifest({"orders": 100, "log": 5000}, tables_without_rows=("public.cache",)), ROOM, {})
    tables = {table.name: (table.rows, table.checksum) for table in share.manifest.tables}
    assert tables == {"orders": (10, "digest"), "log": (0, None)}
    assert share.manifest.tables_without_rows == ("public.cache", "public.log")


def test_tables_without_rows_wait_for_nothing():
    emptied = manifest({"orders": 100})
    emptied = replace(emptied, tables=(*emptied.tables, Table("public", "empty", 0)))
    assert Share.of(emptied, ROOM, {}).part(now(), {}).restored_at.keys() == {"public.orders"}


def test_sizes_are_told_from_rows_where_a_manifest_has_none():
    tables = (Table("public", "orders", 1), Table("public", "log", 99))
    found = Share.of(replace(BACKUP, tables=tables, database_bytes=10_000), ROOM, {})
    assert (found.chosen, found.waiting) == ({"public.orders": 100}, {"public.log": 9900})


@pytest.mark.parametrize(
    ("restored_at", "said"),
    [
        ({"public.a": None, "public.b": None}, "25% of its bytes; never public.a and 1 more"),
        ({"public.a": "2026-11-02T02:00:00+00:00", "public.b": "2026-11-01T02:00:00+00:00"},
         "25% of its bytes; public.b last on 2026-11-01"),
    ],
)  # fmt: skip
def test_a_part_says_who_waits_longest(restored_at, said):
    assert Part(0.25, restored_at).text == said
