import json

import pytest

from lambdas.shared.error_tracking.source_maps import source_map as source_maps
from lambdas.shared.error_tracking.source_maps.limits import SourceMapError
from lambdas.shared.error_tracking.source_maps.source_map import read
from tests.bundles import MAP, SOURCE, source_map


def section(line, column, **others):
    return {"offset": {"line": line, "column": column}, "map": {**MAP, **others}}


def index_map(*sections):
    return json.dumps({"version": 3, "sections": sections}).encode()


def test_map_is_read():
    found = read(source_map())
    assert found.paths == ["src/boom.ts", "<unknown>"]
    assert found.contents == [SOURCE, None]
    assert found.names == ["boom", "x"]
    assert found.mappings.lines.tolist() == [0, 7, 9]


def test_protecting_prefix_is_passed_over():
    assert read(b")]}'\n" + source_map()).names == ["boom", "x"]


def test_sections_follow_each_other():
    """The second begins within the fourth line; its sources and names are others than those of the first."""
    found = read(index_map(section(0, 0), section(3, 10, sources=["b.ts", "c.ts"], names=["p", "q"])))
    assert found.paths == ["src/boom.ts", "<unknown>", "b.ts", "c.ts"]
    assert found.mappings.lines.tolist() == [0, 7, 9, 9, 16, 18]
    assert found.mappings.columns.tolist()[9:11] == [10, 19]
    assert found.mappings.sources.tolist()[9] == 2
    assert found.names[found.mappings.names[10]] == "p"


def test_missing_contents_are_none():
    assert read(source_map(sourcesContent=None)).contents == [None, None]
    assert read(source_map(sourcesContent=[SOURCE])).contents == [SOURCE, None]


def test_large_contents_are_left_out(monkeypatch):
    monkeypatch.setattr(source_maps, "LARGEST_CONTENT", 10)
    assert read(source_map(sourcesContent=["x" * 11, "x" * 10])).contents == [None, "x" * 10]
    monkeypatch.setattr(source_maps, "LARGEST_CONTENTS", 15)
    assert read(source_map(sourcesContent=["x" * 10, "x" * 10])).contents == ["x" * 10, None]


@pytest.mark.parametrize(
    "written",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"1" * 5000,
        b"[" * 100_000,
        json.dumps({**MAP, "version": 2}).encode(),
        source_map(sources="a.ts"),
        source_map(sources=[1]),
        source_map(names=[None]),
        source_map(mappings=None),
        source_map(mappings=["AAAA"]),
        source_map(sourceRoot=1),
        source_map(sourcesContent=[{}]),
        source_map(sources=[]),
        source_map(sources=["a"] * 50_001),
        index_map(section(1, 0), section(0, 0)),
        index_map(section(0, 5), section(0, 5)),
        index_map({"offset": {"line": 0, "column": 0}, "map": {"version": 3, "sections": []}}),
        index_map({"offset": {"line": 0, "column": 0}, "url": "https://example.com/other.map"}),
        index_map({"offset": {"line": -1, "column": 0}, "map": MAP}),
        index_map({"offset": {"line": True, "column": 0}, "map": MAP}),
        index_map(section(1 << 30, 0)),
        index_map(*(section(line, 0, sources=["a"] * 40_000) for line in range(2))),
        index_map(*([1] * 3)),
    ],
)
def test_hostile_map_is_refused(written):
    with pytest.raises(SourceMapError):
        read(written)
