"""Damaged uploads end with the errors that clients are shown, and with no other."""

import contextlib
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.error_releases.bundle import Bundle, BundleError
from lambdas.error_releases.http import RefusedError, Request, request_of
from lambdas.error_releases.multipart import files_of
from lambdas.shared.error_tracking.source_maps import Index, mapped, source_map
from lambdas.shared.error_tracking.source_maps.compile import compile_map
from lambdas.shared.error_tracking.source_maps.limits import SourceMapError
from tests.bundles import DEBUG_ID, MINIFIED, bundle, compressed, form
from tests.bundles import source_map as written_map
from tests.releases import http_event

BUNDLES = [bundle(compression=compression) for compression in (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED)]
INDEX = Index(compile_map(written_map(), MINIFIED.encode()))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 50) | st.floats() | st.text(max_size=5) | st.just("/a.js"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["values", "frames"]), inner),
    max_leaves=10,
)
FRAMES = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("filename", "abs_path", "lineno", "colno", "function", "in_app"), JSON)
)
NEAR_FRAMES = FRAMES.map(lambda frame: {"abs_path": "/a.js", "lineno": 1, "colno": 21, **frame})


@st.composite
def damaged(draw, originals):
    """A few bytes are others, are gone or are added."""
    written = bytearray(draw(st.sampled_from(originals)))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(0, len(written) - 1)))
        written[at : at + draw(st.integers(0, 3))] = draw(st.binary(max_size=3))
    return bytes(written)


@settings(max_examples=400, deadline=None)
@given(damaged(BUNDLES))
def test_damaged_bundle(written):
    with contextlib.suppress(BundleError):
        opened = Bundle(written)
        for artifact in opened.source_maps():
            assert isinstance(opened.read(artifact.path), bytes)


@settings(max_examples=300, deadline=None)
@given(damaged([written_map()]), damaged([MINIFIED.encode()]))
def test_damaged_map(written, minified):
    with contextlib.suppress(SourceMapError):
        index = Index(compile_map(written, minified))
        for column in range(0, 40, 3):
            place = index.place(0, column)
            assert place is None or index.context(place) is None or index.context(place).line is not None


@settings(max_examples=200, deadline=None)
@given(damaged([form(compressed(b"content"), compressed(b"more"))[0]]))
def test_damaged_form(body):
    with contextlib.suppress(RefusedError):
        files_of(Request("POST", (), {"content-type": "multipart/form-data; boundary=----b0"}, body))


@settings(max_examples=200, deadline=None)
@given(st.text(), st.dictionaries(st.text(), st.text(), max_size=3))
def test_any_path_and_headers(path, headers):
    with contextlib.suppress(RefusedError):
        request_of(http_event("GET", f"/api/0/{path}", headers))


@settings(max_examples=400, deadline=None)
@given(st.lists(NEAR_FRAMES | JSON, max_size=4), JSON, JSON, JSON)
def test_event_of_any_form(frames, exception, threads, images):
    """Whoever has the public DSN may send it."""
    stack = {"exception": {"values": [{"stacktrace": {"frames": frames}}, exception]}, "threads": threads}
    image = {"code_file": "/a.js", "debug_id": DEBUG_ID}
    for event in ({**stack, "debug_meta": {"images": [image, images]}}, {"exception": exception, "debug_meta": images}):
        found = mapped(event, {DEBUG_ID: INDEX}.get)
        assert found.keys() == event.keys()


def test_deep_map_is_refused():
    with pytest.raises(SourceMapError):
        source_map.read(b'{"a":' * 100_000 + b"1" + b"}" * 100_000)
