"""An uploaded bundle is put together, and its source maps are compiled."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from threading import Lock
from typing import Any, Final

from lambdas.error_releases import chunks
from lambdas.error_releases.bundle import Artifact, Bundle, BundleError, shown
from lambdas.error_releases.call import Call
from lambdas.error_releases.chunks import MOST_CHUNKS, Chunks
from lambdas.error_releases.http import RefusedError, answer
from lambdas.shared.error_tracking.source_maps.compile import compile_map
from lambdas.shared.error_tracking.source_maps.limits import SourceMapError
from lambdas.shared.error_tracking.source_maps.store import Maps
from lambdas.shared.error_tracking.versions import version_of
from lambdas.shared.observability import logger
from lambdas.vocabulary.error_tracking import Release

SECONDS_FOR_ONE: Final = 10
"""What the largest map that is taken needs, at the memory that the function has."""
CONNECTIONS: Final = 16
"""To the bucket, at once."""
_MOST_NAMED = 5
_DEBUG_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")


def assemble(call: Call, _: Mapping[str, str]) -> dict[str, Any]:
    document = call.document()
    checksum, parts = _checksums(document)
    version = document.get("version")
    if version is not None:
        call.to.table.put_release(Release(call.project, version_of(version), call.to.clock()))
    if missing := Chunks.of(call).missing(parts):
        return _state("not_found", missing=missing)
    try:
        _compile_all(call, Bundle(_joined(call, checksum, parts)))
    except BundleError as error:
        logger.info("bundle refused", checksum=checksum, reason=str(error))
        return _state("error", str(error))
    return _state("ok")


def _checksums(document: Mapping[str, Any]) -> tuple[str, list[str]]:
    checksum, parts = document.get("checksum"), document.get("chunks")
    if not isinstance(parts, list) or not all(map(chunks.is_checksum, [checksum, *parts])):
        raise RefusedError(HTTPStatus.BAD_REQUEST, "checksum, chunks: no SHA-1, or no list of them")
    if not 0 < len(parts) <= MOST_CHUNKS:
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"chunks: none, or more than {MOST_CHUNKS}")
    return str(checksum), parts


def _joined(call: Call, checksum: str, parts: Sequence[str]) -> bytes:
    written = Chunks.of(call).joined(parts)
    if hashlib.sha1(written, usedforsecurity=False).hexdigest() != checksum:
        raise BundleError("the chunks together are not what the checksum says")
    return written


def _compile_all(call: Call, bundle: Bundle) -> None:
    """A map that cannot be compiled leaves the others in use; raises BundleError that names it."""
    artifacts = bundle.source_maps()
    if not artifacts and bundle.has_source_maps():
        raise BundleError("no source map has a debug id (run `sentry-cli sourcemaps inject` before the upload)")
    faults = _Compilation(call, bundle).faults(artifacts)
    if faults:
        more = f"; and {len(faults) - _MOST_NAMED} more" if len(faults) > _MOST_NAMED else ""
        rest = len(artifacts) - len(faults)
        raise BundleError(f"{'; '.join(faults[:_MOST_NAMED])}{more} (the other {rest} source maps are in use)")


class _Compilation:
    """Files that are not bundled have a map each: hundreds of them wait for the bucket side by side.

    All other work is done by one thread at a time.  It would not be faster by more, and so the memory has a bound.
    """

    def __init__(self, call: Call, bundle: Bundle) -> None:
        self._maps = Maps(call.to.s3, call.to.bucket, call.project)
        self._bundle, self._deadline, self._turn = bundle, call.deadline, Lock()

    def faults(self, artifacts: Sequence[Artifact]) -> list[str]:
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            return [fault for fault in pool.map(self._fault, artifacts) if fault]

    def _fault(self, artifact: Artifact) -> str | None:
        """Why the map was not compiled."""
        if self._deadline.remaining < SECONDS_FOR_ONE:
            return f"{shown(artifact.path)}: no time was left (upload again: what is compiled is not compiled twice)"
        try:
            self._compile(artifact)
        except SourceMapError as error:
            return f"{shown(artifact.path)}: {error}"
        except BundleError as error:
            return str(error)
        return None

    def _compile(self, artifact: Artifact) -> None:
        if not _DEBUG_ID.fullmatch(artifact.debug_id):
            raise SourceMapError("its debug id is none")
        with self._turn:
            written = self._bundle.read(artifact.path)
            minified = self._bundle.read(artifact.minified) if artifact.minified else b""
            origin = hashlib.sha256(b"\0".join((written, minified))).hexdigest()
        if not self._maps.has(artifact.debug_id, origin):
            with self._turn:
                compiled = compile_map(written, minified)
            self._maps.put(artifact.debug_id, origin, compiled)


def _state(state: str, detail: str | None = None, missing: Sequence[str] = ()) -> dict[str, Any]:
    return answer({"state": state, "missingChunks": list(missing), "detail": detail})
