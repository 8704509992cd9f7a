from lambdas.shared.error_tracking.source_maps import source_map
from lambdas.shared.error_tracking.source_maps.compiled import compiled
from lambdas.shared.error_tracking.source_maps.declared import declared_in


def compile_map(written: bytes, minified: bytes = b"") -> bytes:
    """A source map, with the names of the functions of its minified file; raises SourceMapError."""
    read = source_map.read(written)
    return compiled(read, declared_in(minified.decode("utf-8", "replace"), read))
