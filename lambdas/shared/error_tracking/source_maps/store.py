"""Compiled maps in the bucket."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from lambdas.shared.error_tracking.bounded_cache import BoundedCache
from lambdas.shared.error_tracking.objects import is_missing
from lambdas.shared.error_tracking.source_maps.compiled import FORMAT, Index
from lambdas.shared.error_tracking.source_maps.limits import SourceMapError
from lambdas.shared.observability import logger
from lambdas.vocabulary.error_tracking import MAPS

KEPT_BYTES: Final = 128 * 1024**2
"""Of the indexes that are held at once."""
MISSING_SECONDS: Final = 60
"""So long a map that was not there is not asked for: it may be uploaded after the first errors."""
MOST_MISSING: Final = 10_000


_ORIGIN: Final = "origin"


@dataclass(frozen=True)
class Maps:
    """A project's; raises what the client of S3 raises."""

    s3: Any
    bucket: str
    project: str

    def has(self, debug_id: str, origin: str) -> bool:
        """Whether the map was compiled from this origin, in the format of today."""
        try:
            head = self.s3.head_object(Bucket=self.bucket, Key=self.key_of(debug_id))
        except self.s3.exceptions.ClientError as error:
            if not is_missing(error):
                raise
            return False
        return bool(head["Metadata"].get(_ORIGIN) == _marked(origin))

    def put(self, debug_id: str, origin: str, written: bytes) -> None:
        """`origin` is a checksum of what it was compiled from."""
        metadata = {_ORIGIN: _marked(origin)}
        self.s3.put_object(Bucket=self.bucket, Key=self.key_of(debug_id), Body=written, Metadata=metadata)

    def load(self, debug_id: str) -> Index | None:
        try:
            found = self.s3.get_object(Bucket=self.bucket, Key=self.key_of(debug_id))
        except self.s3.exceptions.ClientError as error:
            if not is_missing(error):
                raise
            return None
        try:
            return Index(found["Body"].read())
        except SourceMapError as error:
            logger.warning("compiled source map cannot be used", debug_id=debug_id, reason=str(error))
            return None

    def key_of(self, debug_id: str) -> str:
        return f"{MAPS}{self.project}/{debug_id}"


def load_index(
    s3: Any, bucket: str, project: str, clock: Callable[[], float] = time.monotonic
) -> Callable[[str], Index | None]:
    """Gives the index of a debug id, of which those used last are kept; raises what the client raises.

    A function keeps what this returns for as long as it runs.
    """
    return LoadedIndexes(s3, bucket, clock).of(project)


class LoadedIndexes:
    """Those of all projects, which share the memory."""

    def __init__(self, s3: Any, bucket: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._s3, self._bucket, self._clock = s3, bucket, clock
        self._known: BoundedCache[str, Index] = BoundedCache(KEPT_BYTES)
        self._missing: BoundedCache[str, float] = BoundedCache(MOST_MISSING)

    def of(self, project: str) -> Callable[[str], Index | None]:
        maps = Maps(self._s3, self._bucket, project)
        return lambda debug_id: self._index(maps, debug_id)

    def _index(self, maps: Maps, debug_id: str) -> Index | None:
        key = maps.key_of(debug_id)
        index = self._known.get(key)
        if index is None and (self._missing.get(key) or 0) <= self._clock():
            index = maps.load(debug_id)
            if index is None:
                self._missing.put(key, self._clock() + MISSING_SECONDS, 1)
            else:
                self._known.put(key, index, index.size)
        return index


def _marked(origin: str) -> str:
    return f"{FORMAT}:{origin}"
