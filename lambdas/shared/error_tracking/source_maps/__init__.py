"""Source maps: compiled once when they are uploaded, looked up for each error.

    source_map   the JSON of ECMA-426 -> SourceMap      (by `mappings`, `paths`)
    declared     the names of functions, out of the minified file
    compiled     SourceMap -> bytes -> Index
    store        kept in the bucket and loaded again
    frames       an event's frames, mapped by an Index

`frames.mapped` and `store.load_index` are what other parts call.
"""

from lambdas.shared.error_tracking.source_maps.compiled import Index
from lambdas.shared.error_tracking.source_maps.frames import mapped
from lambdas.shared.error_tracking.source_maps.store import load_index

__all__ = ["Index", "load_index", "mapped"]
