import zlib

_GZIP = 16 + zlib.MAX_WBITS


class TooLargeError(ValueError):
    pass


def inflated(compressed: bytes, most: int) -> bytes:
    """What gzip compressed, and no byte after it; raises TooLargeError for more than `most` bytes, or zlib.error."""
    inflating = zlib.decompressobj(_GZIP)
    content = inflating.decompress(compressed, most + 1)
    if len(content) > most:
        raise TooLargeError(f"more than {most} bytes")
    if not inflating.eof or inflating.unused_data:
        raise zlib.error("cut off, or followed by something else")
    return content
