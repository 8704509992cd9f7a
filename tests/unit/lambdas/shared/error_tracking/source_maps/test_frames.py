from copy import deepcopy

import pytest

from lambdas.shared.error_tracking.source_maps import mapped
from lambdas.shared.error_tracking.source_maps.compile import compile_map
from lambdas.shared.error_tracking.source_maps.compiled import Index
from tests.bundles import DEBUG_ID, MINIFIED, source_map

FILE = "/app/dist/boom.js"


def frame(line, column, **others):
    return {
        "filename": FILE,
        "abs_path": FILE,
        "lineno": line,
        "colno": column,
        "in_app": True,
        "module": "m",
        **others,
    }


def event(*frames, code_file=FILE, debug_id=DEBUG_ID, **others):
    return {
        "exception": {"values": [{"type": "Error", "value": "bad", "stacktrace": {"frames": list(frames)}}]},
        "debug_meta": {"images": [{"type": "sourcemap", "code_file": code_file, "debug_id": debug_id}]},
        **others,
    }


THROWN = event(
    frame(2, 1, function="Object.<anonymous>", context_line="r(1);"),
    frame(1, 21, function="r", context_line=MINIFIED, vars={"o": 1}),
)


def indexes(**others):
    index = Index(compile_map(source_map(**others), MINIFIED.encode()))
    return {DEBUG_ID: index}.get


def frames_of(found):
    return found["exception"]["values"][0]["stacktrace"]["frames"]


def test_frame_is_that_of_source():
    _, innermost = frames_of(mapped(THROWN, indexes()))
    assert innermost == {
        "filename": "src/boom.ts",
        "abs_path": "src/boom.ts",
        "lineno": 2,
        "colno": 9,
        "function": "boom",
        "in_app": True,
        "vars": {"o": 1},
        "pre_context": ["export function boom(x: number) {"],
        "context_line": "  throw new Error(`bad`);",
        "post_context": ["}", ""],
    }


def test_raw_frames_are_kept():
    before = deepcopy(THROWN)
    value = mapped(THROWN, indexes())["exception"]["values"][0]
    assert value["raw_stacktrace"] == before["exception"]["values"][0]["stacktrace"]
    assert before == THROWN


def test_source_without_content_shows_none():
    """A minified line would be no context of a source's place."""
    _, innermost = frames_of(mapped(THROWN, indexes(sourcesContent=[None, None])))
    assert innermost["lineno"] == 2
    assert "context_line" not in innermost


@pytest.mark.parametrize(
    "left",
    [
        frame(2, 3),  # a place that is not mapped
        frame(99, 1),
        frame(0, 0),
        frame(1, None),
        frame("1", "1"),
        frame(True, True),
        frame(10**30, 10**30),
        {"filename": FILE},
        {"function": "r"},
        frame(1, 20, filename="node:fs", abs_path="node:fs"),
        None,
        "frame",
    ],
)
def test_unmapped_frame_stays_as_is(left):
    found = frames_of(mapped(event(left, frame(1, 21)), indexes()))
    assert found[0] == left
    assert found[1]["filename"] == "src/boom.ts"


@pytest.mark.parametrize(
    "left",
    [
        {},
        {"debug_meta": None},
        {"debug_meta": {"images": "x"}},
        {"debug_meta": {"images": [None, {}, {"debug_id": 1, "code_file": []}]}},
        event(frame(1, 21), debug_id="../../secrets"),
        event(frame(1, 21), code_file="/elsewhere.js"),
        event(frame(1, 21), exception=None),
        event(frame(1, 21), exception={"values": None}),
        event(frame(1, 21), exception={"values": [None, {"stacktrace": None}, {"stacktrace": {"frames": "x"}}]}),
    ],
)
def test_event_without_maps_stays(left):
    assert mapped(left, indexes()) == left


def test_unknown_debug_id_stays():
    assert mapped(THROWN, lambda _: None) == THROWN


def test_index_is_asked_once():
    asked = []
    mapped(event(*[frame(1, 21)] * 30), asked.append)
    assert asked == [DEBUG_ID]


@pytest.mark.parametrize(("code_file", "abs_path"), [(f"file://{FILE}", FILE), (FILE, f"file://{FILE}")])
def test_file_urls_are_the_same(code_file, abs_path):
    found = mapped(event(frame(1, 21, abs_path=abs_path, filename="x"), code_file=code_file), indexes())
    assert frames_of(found)[0]["filename"] == "src/boom.ts"


def test_debug_id_in_capitals_is_known():
    assert frames_of(
        mapped({**THROWN, **event(debug_id=DEBUG_ID.upper()), "exception": THROWN["exception"]}, indexes())
    )


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("r", "boom"),
        ("async r", "async boom"),
        ("new r", "new boom"),
        ("r.charge", "boom.charge"),
        ("Object.r [as x]", "Object.boom [as x]"),
        ("other", "other"),
        ("<anonymous>", "<anonymous>"),
        ("Object.<anonymous>", "Object.<anonymous>"),
        ("?", "?"),
        ("r " * 10_000, "r " * 10_000),
        ("r." * 10_000 + "r", "r." * 10_000 + "r"),
    ],
)
def test_function_has_its_name(said, expected):
    assert frames_of(mapped(event(frame(1, 21, function=said)), indexes()))[0]["function"] == expected


def test_name_comes_from_the_caller():
    """A function whose declaration is not seen is called as the token of its call was."""
    found = mapped(event(frame(2, 1, function="t"), frame(1, 21, function="q")), indexes())
    assert [each["function"] for each in frames_of(found)] == ["t", "boom"]


@pytest.mark.parametrize("source", ["../node_modules/pg/lib/client.js", "webpack/bootstrap", "node:internal/x.js"])
def test_libraries_are_not_in_app(source):
    assert frames_of(mapped(THROWN, indexes(sources=[source, None])))[1]["in_app"] is False


def test_threads_are_mapped_too():
    thread = {"threads": {"values": [{"stacktrace": {"frames": [frame(1, 21)]}}]}}
    found = mapped({**event(), **thread}, indexes())
    assert found["threads"]["values"][0]["stacktrace"]["frames"][0]["filename"] == "src/boom.ts"


def test_list_of_exceptions_is_mapped():
    """The form of old SDKs."""
    found = mapped({**THROWN, "exception": THROWN["exception"]["values"]}, indexes())
    assert found["exception"][0]["stacktrace"]["frames"][1]["lineno"] == 2


def test_only_last_stacks_are_mapped():
    values = event(frame(1, 21))["exception"]["values"] * 30
    found = mapped({**event(), "exception": {"values": values}}, indexes())["exception"]["values"]
    assert ["raw_stacktrace" in each for each in found] == [False] * 20 + [True] * 10


def test_only_innermost_frames_are_mapped():
    found = frames_of(mapped(event(*[frame(1, 21)] * 300), indexes()))
    assert [each["filename"] for each in found] == [FILE] * 50 + ["src/boom.ts"] * 250
