import ecma426
import pytest
from ecma426.codec import encode
from ecma426.model import Mapping
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.shared.error_tracking.source_maps.limits import SourceMapError
from lambdas.shared.error_tracking.source_maps.mappings import NOTHING, Among, Mappings, decode

SOURCES, NAMES = ["a.ts", "b.ts"], ["one", "two"]
PLACES = st.integers(0, 2000)
MAPPINGS = st.builds(
    Mapping,
    generated_line=st.integers(0, 5),
    generated_column=PLACES,
    source=st.sampled_from(["", *SOURCES]),
    original_line=PLACES,
    original_column=PLACES,
    name=st.sampled_from([None, *NAMES]),
)


def decoded(text, sources=2, names=2):
    mappings = Mappings()
    decode(mappings, text, Among(0, sources), Among(0, names))
    mappings.end_line()
    return mappings


def listed(mappings, sources, names):
    """As `ecma426` says it."""
    for line, (start, end) in enumerate(zip(mappings.lines, mappings.lines[1:], strict=False)):
        for number in range(start, end):
            source, name = mappings.sources[number], mappings.names[number]
            place = mappings.original_lines[number], mappings.original_columns[number]
            yield (
                line,
                mappings.columns[number],
                *(("", 0, 0) if source == NOTHING else (sources[source], *place)),
                None if name == NOTHING else names[name],
            )


@settings(max_examples=200, deadline=None)
@given(st.lists(MAPPINGS, max_size=40, unique_by=lambda each: (each.generated_line, each.generated_column)))
def test_decoder_agrees_with_ecma426(mappings):
    written = encode(mappings)
    expected = [
        (each.generated_line, each.generated_column, each.source, each.original_line, each.original_column, each.name)
        for each in ecma426.decode(written)
    ]
    found = decoded(written["mappings"], len(written["sources"]), len(written["names"]))
    assert list(listed(found, written["sources"], written["names"])) == expected


def test_unsorted_line_is_sorted():
    """Columns may go back within a line; the lookup is a binary search."""
    mappings = decoded("UAAA,LACA,K")
    assert mappings.columns.tolist() == [5, 10, 10]
    assert mappings.original_lines.tolist() == [1, 0, 1]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("A!AA", "no base64"),
        ("AAé", "no base64"),
        ("AA", "wrong length"),
        ("AAAAAA", "wrong length"),
        ("g", "wrong length"),
        (",", "wrong length"),
        ("AEAA", "source or a name that there is not"),
        ("ADAA", "source or a name that there is not"),
        ("AAAAE", "source or a name that there is not"),
        ("AADA", "before the first"),
        ("D", "before the first"),
        ("////////D", "after the last one"),
        ("+" * 1000, "no base64"),
        ("\ud800", "no base64"),
        ("A," * 1_000_001 + "A", "more than 1000000 mappings"),
        (";" * 1_000_001, "more than 1000000 mappings"),
    ],
)
def test_hostile_mappings_are_refused(text, reason):
    with pytest.raises(SourceMapError, match=reason):
        decoded(text, sources=2, names=2)


def test_sums_beyond_32_bits_are_refused():
    far = "+/////D"  # 2147483647
    with pytest.raises(SourceMapError, match="after the last one"):
        decoded(f"{far},{far},{far}")
