"""Source maps: compiled once when they are uploaded, looked up for each error.

    source_map   the JSON of ECMA-426 -> SourceMap      (by `mappings`, `paths`)
    declared     the names of functions, out of the minified file
    compiled     SourceMap -> bytes -> Index
    store        kept in the bucket and loaded again
    frames       an event's frames, mapped by an Index

`frames.mapped` and `store.load_index` are what other parts call; `mapping` is both for events of many projects.
"""

from collections.abc import Callable
from typing import Any

from lambdas.shared.error_tracking.source_maps.compiled import Index
from lambdas.shared.error_tracking.source_maps.frames import mapped
from lambdas.shared.error_tracking.source_maps.store import LoadedIndexes, load_index
from lambdas.vocabulary.error_tracking import Event

__all__ = ["Index", "load_index", "mapped", "mapping"]


def mapping(s3: Any, bucket: str) -> Callable[[str, Event], Event]:
    """Maps an event of a project; raises what the client of S3 raises."""
    indexes = LoadedIndexes(s3, bucket)
    return lambda project, event: mapped(event, indexes.of(project))
