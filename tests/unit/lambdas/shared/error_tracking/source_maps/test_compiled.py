import pytest

from lambdas.shared.error_tracking.source_maps import compiled
from lambdas.shared.error_tracking.source_maps.compile import compile_map
from lambdas.shared.error_tracking.source_maps.compiled import CONTEXT, LONGEST_LINE, Index
from lambdas.shared.error_tracking.source_maps.limits import SourceMapError
from tests.bundles import MINIFIED, source_map


def index_of(minified=MINIFIED, **others):
    return Index(compile_map(source_map(**others), minified.encode()))


@pytest.mark.parametrize(
    ("column", "expected"),
    [(0, (0, 7)), (8, (0, 7)), (9, (0, 16)), (20, (1, 8)), (25, (1, 12)), (36, (2, 0)), (10**9, (2, 0))],
)
def test_nearest_mapping_to_the_left(column, expected):
    place = index_of().place(0, column)
    assert (place.path, place.line, place.column) == ("src/boom.ts", *expected)


@pytest.mark.parametrize(("line", "column"), [(1, 2), (2, 0), (-1, 0), (0, -1), (10**12, 0)])
def test_place_without_mapping_is_none(line, column):
    assert index_of().place(line, column) is None


def test_name_of_token_is_known():
    assert index_of().place(0, 9).name == "boom"
    assert index_of().place(0, 0).name == ""


def test_renamed_function_has_its_name():
    index = index_of()
    within = index.place(0, 20)
    assert index.original_name("r", within) == "boom"
    assert index.original_name("o", within) is None
    assert index.original_name("toString", within) is None


def test_declaration_must_precede_in_source():
    """The call in the second line is in another source than the declaration."""
    index = index_of()
    assert index.original_name("r", index.place(1, 0)) is None
    assert index.original_name("r", index.place(0, 0)) is None


@pytest.mark.parametrize(
    "declared",
    ["function r(o)", "function*r(o)", "class r{o()", "let r=(o)=>", "r=async(o)=>", "let r=o=>", "r=class{o"],
)
def test_declarations_are_found(declared):
    column = declared.index("r", 3) if declared.startswith("let") else declared.rindex("r", 0, 11)
    mapping = {0: "AAAAA", 4: "IAAAA", 6: "MAAAA", 9: "SAAAA"}[column]
    index = index_of(declared + "{throw 1}", mappings=f"{mapping},oBAAA")
    assert index.original_name("r", index.place(0, 30)) == "boom"


def test_columns_count_utf_16():
    """A character beyond the first 65 536 counts twice, in what browsers and maps say alike."""
    index = index_of("'😀';function r(o){}", mappings="cAAAA,GAAA")
    assert index.original_name("r", index.place(0, 17)) == "boom"


def test_context_is_cut_at_the_ends():
    index = index_of()
    context = index.context(index.place(0, 20))
    assert context.before == ["export function boom(x: number) {"]
    assert context.line == "  throw new Error(`bad`);"
    assert context.after == ["}", ""]


def test_context_has_few_short_lines():
    lines = [f"{number} {'é' * 1000}" for number in range(100)]
    index = index_of(sourcesContent=["\r\n".join(lines), None], mappings="AAkDA")
    context = index.context(index.place(0, 0))
    assert [line.split()[0] for line in context.before] == [str(50 - 5 + number) for number in range(CONTEXT)]
    assert context.line.startswith("50 é")
    assert len(context.line) == LONGEST_LINE
    assert len(context.after) == CONTEXT


@pytest.mark.parametrize("contents", [[None, None], None, ["one line", None]])
def test_unknown_lines_have_no_context(contents):
    index = index_of(sourcesContent=contents)
    assert index.context(index.place(0, 20)) is None


def test_large_content_is_read_each_time(monkeypatch):
    monkeypatch.setattr(compiled, "KEPT_CONTENTS", 10)
    index = index_of(sourcesContent=["\n" * 100, None])
    assert index.context(index.place(0, 20)).line == index.context(index.place(0, 20)).line == ""


@pytest.mark.parametrize("written", [b"", b"jsmc", b"JSMC\1\0\0\0\0", b"jsmc\2\0\0\0\0", source_map()])
def test_other_formats_are_refused(written):
    with pytest.raises(SourceMapError, match="no compiled map"):
        Index(written)


def test_surrogates_in_contents_are_replaced():
    index = index_of(sourcesContent=["\n  throw \ud800\n", None])
    assert index.context(index.place(0, 20)).line == "  throw ?"
