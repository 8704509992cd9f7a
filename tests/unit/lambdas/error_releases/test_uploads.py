"""Chunks, and bundles that are put together of them."""

import gzip
import io
import json
import struct
import time
import zipfile
import zlib

import pytest

from lambdas.error_releases import assemble, bundle, chunks
from lambdas.shared.error_tracking.source_maps import load_index
from tests.bundles import DEBUG_ID, compressed, form, sha1, source_map, usual_files
from tests.bundles import bundle as written_bundle
from tests.releases import BUCKET, TOKENS

UPLOAD, ASSEMBLE = "organizations/junkos/chunk-upload/", "organizations/junkos/artifactbundle/assemble/"
OTHER_ID = "00000000-0000-4000-8000-000000000000"


def upload(tracker, body, kind, project="api"):
    headers = {"Authorization": f"Bearer {TOKENS[project]}", "Content-Type": kind}
    return tracker.answer("POST", UPLOAD, body=body, headers=headers)


def put_together(tracker, *parts, project="api", **others):
    """Of what is there: the state, and what is missing or why not."""
    asked = {"checksum": sha1(b"".join(parts)), "chunks": [sha1(part) for part in parts], "projects": [project]}
    status, said = tracker.answer("POST", ASSEMBLE, {**asked, **others}, project=project)
    assert status == 200, said
    return said["state"], said["missingChunks"] or said["detail"]


def uploaded(tracker, content, **others):
    upload(tracker, *form(compressed(content)))
    return put_together(tracker, content, **others)


def index_of(tracker, debug_id=DEBUG_ID, project="api"):
    return load_index(tracker.s3, BUCKET, project)(debug_id)


def test_options_fit_a_function(tracker):
    """A chunk in base64 stays below the 6 MB that a function is given."""
    said = tracker.answer("GET", UPLOAD)[1]
    assert said["chunkSize"] * 4 / 3 < 5 * 1024**2
    assert said["chunksPerRequest"] == 1
    assert (said["hashAlgorithm"], said["compression"]) == ("sha1", ["gzip"])


def test_bundle_is_compiled(tracker):
    assert uploaded(tracker, written_bundle(), version="1.0") == ("ok", None)
    index = index_of(tracker)
    assert index.original_name("r", index.place(0, 20)) == "boom"
    assert tracker.table.release("api", "1.0")


def test_missing_chunks_are_asked_for(tracker):
    whole = written_bundle()
    parts = whole[:100], whole[100:200], whole[200:]
    upload(tracker, *form(compressed(parts[1])))
    assert put_together(tracker, *parts) == ("not_found", [sha1(parts[0]), sha1(parts[2])])
    upload(tracker, *form(*map(compressed, (parts[0], parts[2]))))
    assert put_together(tracker, *parts) == ("ok", None)
    assert put_together(tracker, *parts) == ("ok", None)


def test_chunks_of_others_are_missing(tracker):
    """Who knows a checksum alone gets nothing of another project."""
    uploaded(tracker, written_bundle())
    assert put_together(tracker, written_bundle(), project="web")[0] == "not_found"
    assert index_of(tracker, project="web") is None


def test_same_map_is_compiled_once(tracker, monkeypatch):
    uploaded(tracker, written_bundle())
    monkeypatch.setattr(assemble, "compile_map", lambda *_: pytest.fail("compiled again"))
    assert uploaded(tracker, written_bundle(manifest=None)) == ("ok", None)


def test_changed_map_replaces_the_old(tracker):
    uploaded(tracker, written_bundle())
    uploaded(tracker, written_bundle(usual_files(written=source_map(sources=["src/moved.ts", None]))))
    assert index_of(tracker).place(0, 20).path == "src/moved.ts"


def test_plain_chunks_are_taken(tracker):
    content = written_bundle()
    assert upload(tracker, *form((sha1(content), content), name="file"))[0] == 200
    assert put_together(tracker, content) == ("ok", None)


def test_bad_map_leaves_the_others(tracker):
    """The answer names the file and says why."""
    files = usual_files() | {"files/bad.js.map": ("source_map", OTHER_ID, source_map(mappings="!"))}
    state, detail = uploaded(tracker, written_bundle(files))
    assert state == "error"
    assert detail == "files/bad.js.map: mappings hold what is no base64 VLQ (the other 1 source maps are in use)"
    assert index_of(tracker)
    assert index_of(tracker, OTHER_ID) is None


@pytest.mark.parametrize("debug_id", ["../../api/x", "x", "0" * 36])
def test_bad_debug_id_is_refused(debug_id, tracker):
    state, detail = uploaded(tracker, written_bundle(usual_files(debug_id)))
    assert (state, "its debug id is none" in detail) == ("error", True)


def test_maps_without_debug_ids(tracker):
    state, detail = uploaded(tracker, written_bundle(usual_files(debug_id=None)))
    assert (state, "sentry-cli sourcemaps inject" in detail) == ("error", True)


def test_bundle_without_maps_is_fine(tracker):
    files = {path: file for path, file in usual_files().items() if path.endswith(".js")}
    assert uploaded(tracker, written_bundle(files)) == ("ok", None)


def test_no_time_is_left(tracker):
    """What was compiled is kept, and the next upload goes on."""
    tracker.seconds = 1
    state, detail = uploaded(tracker, written_bundle())
    assert (state, "upload again" in detail) == ("error", True)
    tracker.seconds = 30
    assert put_together(tracker, written_bundle()) == ("ok", None)


class Slow:
    """A bucket that takes its time for each object."""

    def __init__(self, s3):
        self.s3, self.exceptions = s3, s3.exceptions
        self.get_object = s3.get_object

    def head_object(self, **asked):
        time.sleep(0.02)
        return self.s3.head_object(**asked)

    def put_object(self, **asked):
        time.sleep(0.02)
        return self.s3.put_object(**asked)


def test_many_small_maps_are_quick(tracker):
    """A backend that is not bundled has a map for each of its files."""
    files = {}
    for number in range(300):
        files[f"{number}.map"] = ("source_map", f"{number:08}{OTHER_ID[8:]}", source_map())
    tracker.s3, tracker.seconds = Slow(tracker.s3), assemble.SECONDS_FOR_ONE + 11
    began = time.monotonic()
    assert uploaded(tracker, written_bundle(files)) == ("ok", None)
    assert time.monotonic() - began < 300 * 0.04
    assert index_of(tracker, f"{299:08}{OTHER_ID[8:]}")


@pytest.mark.parametrize(
    "hostile",
    [
        b"no archive",
        b"PK\5\6" + b"\0" * 18,
        b"PK\6\7" + b"\0" * 16 + b"PK\5\6" + b"\0" * 18,
        struct.pack("<4s4HIIH", b"PK\5\6", 0, 0, 1, 1, 1 << 30, 0, 0),
        written_bundle(manifest=[]),
        written_bundle(manifest={"files": []}),
        written_bundle(manifest={"files": {"a": None}}),
        written_bundle(manifest={"files": {str(number): {} for number in range(10_001)}}),
        written_bundle(manifest={"files": {"gone.map": {"type": "source_map", "headers": {"debug-id": DEBUG_ID}}}}),
        written_bundle()[:-40],
        written_bundle(compression=zipfile.ZIP_LZMA),
        written_bundle(compression=zipfile.ZIP_BZIP2),
        written_bundle()[:-22] + struct.pack("<4s4HIIH", b"PK\5\6", 0, 0, 3, 3, 189, 180_000, 0),
    ],
)
def test_hostile_bundle_is_refused(hostile, tracker):
    state, detail = uploaded(tracker, hostile)
    assert state == "error"
    assert detail.isprintable()


def test_bomb_is_not_inflated(tracker, monkeypatch):
    monkeypatch.setattr(bundle, "LARGEST_FILE", 10_000)
    monkeypatch.setattr(bundle.Bundle.read, "__defaults__", (10_000,))
    state, detail = uploaded(tracker, written_bundle(usual_files(written=b" " * 5_000_000)))
    assert (state, "larger than 10000 bytes" in detail) == ("error", True)


def test_many_bombs_have_one_bound(tracker, monkeypatch):
    monkeypatch.setattr(bundle, "LARGEST_SUM", 100_000)
    files = {}
    for number in range(20):
        debug_id = f"{number:08}{OTHER_ID[8:]}"
        files[f"{number}.map"] = ("source_map", debug_id, source_map(sourcesContent=[" " * 9_000, None]))
    state, detail = uploaded(tracker, written_bundle(files))
    assert (state, "all are larger than 100000" in detail) == ("error", True)


def test_many_entries_are_not_read(tracker, monkeypatch):
    """Each would take a kilobyte of memory before a manifest is looked at."""
    monkeypatch.setattr(bundle, "LARGEST_DIRECTORY", 10_000)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for number in range(1_000):
            archive.writestr(f"{number}", b"")
    monkeypatch.setattr(zipfile, "ZipFile", lambda *_: pytest.fail("read"))
    assert uploaded(tracker, written.getvalue()) == ("error", "the bundle has too many files")


def test_doubled_names_are_one_file(tracker):
    """The last one counts, as in every reader of archives."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        entry = {"type": "source_map", "headers": {"debug-id": DEBUG_ID}}
        archive.writestr("manifest.json", json.dumps({"files": {"a.map": entry}}))
        archive.writestr("a.map", b"first")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a.map", source_map())
    assert uploaded(tracker, written.getvalue()) == ("ok", None)


def test_path_in_error_is_harmless(tracker):
    files = {f"{'x' * 300}\x1b[31m.map": ("source_map", DEBUG_ID, b"{}")}
    detail = uploaded(tracker, written_bundle(files))[1]
    assert detail.isprintable()
    assert len(detail) < 250


def test_wrong_sum_is_refused(tracker):
    content = written_bundle()
    upload(tracker, *form(compressed(content)))
    state, detail = put_together(tracker, content, checksum="0" * 40)
    assert (state, detail) == ("error", "the chunks together are not what the checksum says")


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"checksum": "x", "chunks": []},
        {"checksum": "0" * 40, "chunks": []},
        {"checksum": "0" * 40, "chunks": ["0" * 40] * 33},
        {"checksum": "0" * 40, "chunks": ["../../maps/web/x"]},
        {"checksum": "0" * 40, "chunks": [1]},
        {"checksum": "0" * 40, "chunks": ["0" * 40], "version": "a/b"},
        {"checksum": "0" * 40, "chunks": ["0" * 40], "version": 1},
    ],
)
def test_malformed_assembly_is_refused(document, tracker):
    assert tracker.answer("POST", ASSEMBLE, document)[0] == 400


CONTENT = b"content"


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (*form((sha1(b"other"), gzip.compress(CONTENT, mtime=0))), 400),
        (*form(("../../x", gzip.compress(CONTENT, mtime=0))), 400),
        (*form((sha1(CONTENT), CONTENT)), 400),
        (*form((sha1(CONTENT), gzip.compress(CONTENT, mtime=0)[:-4])), 400),
        (*form((sha1(CONTENT), gzip.compress(CONTENT, mtime=0) + b"more")), 400),
        (*form((sha1(CONTENT), zlib.compress(CONTENT))), 400),
        (*form(compressed(b"\0" * (chunks.CHUNK_SIZE + 1))), 413),
        (*form(("0" * 40, b"\0" * (chunks.CHUNK_SIZE + 1)), name="file"), 413),
        (*form(*[compressed(CONTENT)] * 9), 400),
        (form(compressed(CONTENT))[0][:-6], "multipart/form-data; boundary=----b0", 400),
        (form(compressed(CONTENT))[0], "multipart/form-data", 400),
        (form(compressed(CONTENT))[0], "application/json", 400),
        (b"------b0\r\nno head\r\n------b0--\r\n", "multipart/form-data; boundary=----b0", 400),
        (b"", "multipart/form-data; boundary=" + "x" * 100_000, 400),
    ],
)
def test_bad_chunk_is_refused(body, kind, status, tracker):
    found, said = upload(tracker, body, kind)
    assert (found, list(said)) == (status, ["detail"])
    assert "Contents" not in tracker.s3.list_objects_v2(Bucket=BUCKET)


def test_bucket_that_may_not_be_listed(tracker, monkeypatch):
    """S3 then denies access to what is not there."""

    def denied(operation):
        def call(**_):
            raise tracker.s3.exceptions.ClientError({"Error": {"Code": operation}}, operation)

        return call

    for operation, code in {"head_object": "403", "get_object": "AccessDenied"}.items():
        monkeypatch.setattr(tracker.s3, operation, denied(code))
    assert put_together(tracker, CONTENT) == ("not_found", [sha1(CONTENT)])
    assert index_of(tracker) is None


def test_failing_bucket_is_raised(tracker):
    """The client is answered 500 and tries again: a fault of ours is no missing chunk."""
    tracker.s3.delete_bucket(Bucket=BUCKET)
    with pytest.raises(tracker.s3.exceptions.ClientError):
        upload(tracker, *form(compressed(CONTENT)))
