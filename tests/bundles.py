"""Source maps and artifact bundles, as esbuild and sentry-cli make them."""

import gzip
import hashlib
import io
import json
import zipfile

DEBUG_ID = "1c337d2b-e87e-549f-ae95-4a4c399f72a0"
SOURCE = "export function boom(x: number) {\n  throw new Error(`bad`);\n}\n"
MINIFIED = "function r(o){throw new Error(`bad`)}\nr(1);"
MAP = {
    "version": 3,
    "sources": ["../src/boom.ts", None],
    "sourcesContent": [SOURCE, None],
    "names": ["boom", "x"],
    # function, r (boom), o (x), throw, new, Error, the end; in the second line a call of r in the source without a name
    "mappings": "AAAO,SAASA,EAAKC,GACnB,MAAM,IAAI,YACZ;ACOAD,E",
}


def source_map(**others):
    return json.dumps({**MAP, **others}).encode()


def bundle(files=None, manifest=None, compression=zipfile.ZIP_DEFLATED):
    """`files` are path -> (type, debug id, content)."""
    files = files if files is not None else usual_files()
    named = manifest if manifest is not None else {"files": {path: _entry(*file) for path, file in files.items()}}
    written = io.BytesIO(b"SYSB\2\0\0\0")
    written.seek(0, io.SEEK_END)
    with zipfile.ZipFile(written, "a", compression) as archive:
        for path, (_, _, content) in files.items():
            archive.writestr(path, content)
        archive.writestr("manifest.json", json.dumps(named))
    return written.getvalue()


def usual_files(debug_id=DEBUG_ID, written=None):
    return {
        "files/_/_/boom.js": ("minified_source", debug_id, MINIFIED),
        "files/_/_/boom.js.map": ("source_map", debug_id, written or source_map()),
    }


def _entry(kind, debug_id, _):
    return {"type": kind, "url": "~/boom.js", "headers": {"debug-id": debug_id} if debug_id else {}}


def sha1(content):
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


def form(*contents, name="file_gzip", boundary="----b0"):
    """The body of an upload, and its type."""
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'.encode()
        + b"Content-Type: application/octet-stream\r\n\r\n"
        + content
        + b"\r\n"
        for filename, content in contents
    ]
    return b"".join(parts) + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def compressed(content):
    return sha1(content), gzip.compress(content)
