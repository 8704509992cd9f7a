"""An uploaded bundle is put together, and its source maps are compiled."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
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
    faults = list(_faults(call, bundle, artifacts))
    if faults:
        more = f"; and {len(faults) - _MOST_NAMED} more" if len(faults) > _MOST_NAMED else ""
        rest = len(artifacts) - len(faults)
        raise BundleError(f"{'; '.join(faults[:_MOST_NAMED])}{more} (the other {rest} source maps are in use)")


def _faults(call: Call, bundle: Bundle, artifacts: Sequence[Artifact]) -> Iterator[str]:
    maps = Maps(call.to.s3, call.to.bucket, call.project)
    for artifact in artifacts:
        if call.deadline.remaining < SECONDS_FOR_ONE:
            yield "no time is left for the rest: upload again, what is compiled already is not compiled twice"
            return
        try:
            _compile(maps, bundle, artifact)
        except SourceMapError as error:
            yield f"{shown(artifact.path)}: {error}"
        except BundleError as error:
            yield str(error)


def _compile(maps: Maps, bundle: Bundle, artifact: Artifact) -> None:
    if not _DEBUG_ID.fullmatch(artifact.debug_id):
        raise SourceMapError("its debug id is none")
    written = bundle.read(artifact.path)
    minified = bundle.read(artifact.minified) if artifact.minified else b""
    origin = hashlib.sha256(b"\0".join((written, minified))).hexdigest()
    if not maps.has(artifact.debug_id, origin):
        maps.put(artifact.debug_id, origin, compile_map(written, minified))


def _state(state: str, detail: str | None = None, missing: Sequence[str] = ()) -> dict[str, Any]:
    return answer({"state": state, "missingChunks": list(missing), "detail": detail})
