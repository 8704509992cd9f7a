"""Clauses that a server does not know, taken out of archives that are written here by the letter of the format."""

import pytest

from lambdas.shared.archive import CLAUSES, without

OPTION = b'ALTER TABLE ONLY "public"."t" ALTER COLUMN "a" SET (pg_attver=7);'
TABLE = b'CREATE TABLE "public"."t" (\n    "a" integer\n);\n'
VERSIONS = [(1, 14), (1, 15), (1, 16)]
ROWS = b'1\tALTER TABLE ONLY "public"."t" ALTER COLUMN "a" SET (pg_attver=7);\n\\.\n'


def number(value):
    return bytes([value < 0]) + abs(value).to_bytes(4, "little")


def text(value):
    return number(-1) if value is None else number(len(value)) + value


def entry(version, kind, definition):
    relation_kind = number(114) if version >= (1, 16) else b""
    return (
        number(1) + number(1) + text(b"1259") + text(b"16384") + text(b"t") + text(kind) + number(2) + text(definition)
        + text(b"DROP") + text(None) + text(b"public") + text(b"") + text(b"heap") + relation_kind + text(b"postgres")
        + text(b"false") + text(b"3") + text(None) + bytes([1]) + bytes(8)
    )  # fmt: skip


def archive(version, *definitions, kind=b"TABLE", magic=b"PGDMP"):
    compression = bytes(1) if version >= (1, 15) else number(0)
    head = magic + bytes([*version, 0, 4, 8, 1]) + compression + number(0) * 7 + text(b"shop") * 3
    entries = b"".join(entry(version, kind, definition) for definition in definitions)
    return head + number(len(definitions)) + entries + ROWS


def edited(raw, size=7):
    pieces, removed = without(CLAUSES, iter([raw[start : start + size] for start in range(0, len(raw), size)]))
    return b"".join(pieces), removed


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_a_clause_becomes_spaces_and_nothing_moves(version, size):
    raw = archive(version, TABLE, TABLE + OPTION + b"\n", b"")
    out, removed = edited(raw, size)
    assert removed == ("column option pg_attver",)
    assert out == archive(version, TABLE, TABLE + b" " * len(OPTION) + b"\n", b"")


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        (b"n_distinct=5, pg_attver=7", b"n_distinct=5"),
        (b"pg_attver=7, n_distinct=-0.5", b"n_distinct=-0.5"),
        (b"n_distinct=1, pg_attver=7, n_distinct_inherited=2", b"n_distinct=1, n_distinct_inherited=2"),
    ],
)
def test_other_options_of_the_column_stay(options, kept):
    statement = b'ALTER TABLE ONLY public.t ALTER COLUMN "a ""b; c" SET (%b);'
    out, _ = edited(archive((1, 16), statement % options))
    assert out == archive((1, 16), (statement % kept).ljust(len(statement % options)))


@pytest.mark.parametrize(
    "raw",
    [
        archive((1, 16), TABLE),
        archive((1, 16), OPTION, kind=b"FUNCTION"),
        archive((1, 16), OPTION.replace(b"pg_attver", b"pg_attver2")),
        archive((1, 16), OPTION.replace(b"pg_attver=7", b"n_distinct=7")),
        archive((1, 17), OPTION),
        archive((1, 16), OPTION, magic=b"OTHER"),
        archive((1, 16), OPTION)[:40],
        b"",
    ],
    ids=["without", "in a function", "longer name", "known", "newer format", "no archive", "cut off", "empty"],
)
def test_other_parts_are_unchanged(raw):
    """All else is passed on as it is."""
    assert edited(raw) == (raw, ())


def test_a_server_that_knows_all_gets_all():
    raw = archive((1, 16), OPTION)
    pieces, removed = without((), iter([raw]))
    assert (b"".join(pieces), removed) == (raw, ())
