"""Names and texts in whatever encoding they were stored: one that cannot be read must not cost a check its numbers.

A role or a database belongs to the whole server and keeps the bytes of the database in which it was made; a database
of encoding SQL_ASCII keeps any bytes.  So the server is asked for the bytes as they are, and they are read here.
"""

import codecs
from typing import Any

from psycopg2.extensions import encodings

CLIENT_ENCODING = "SQL_ASCII"
"""In which the server converts nothing and refuses nothing."""
_CODEC = "utf8_or_bytes"
_UNREADABLE = "surrogateescape"


def _decode(data: Any, errors: str = "strict") -> tuple[str, int]:
    return codecs.utf_8_decode(data, _UNREADABLE if errors == "strict" else errors, True)


def _encode(text: str, errors: str = "strict") -> tuple[bytes, int]:
    return codecs.utf_8_encode(text, _UNREADABLE if errors == "strict" else errors)


def _search(name: str) -> codecs.CodecInfo | None:
    return codecs.CodecInfo(_encode, _decode, name=_CODEC) if name == _CODEC else None


codecs.register(_search)
# psycopg2 would read such a session as ASCII.  UTF-8 reads that too, and bytes that are none come back unchanged.
encodings[CLIENT_ENCODING.replace("_", "")] = _CODEC


def readable(value: Any, server_encoding: str) -> Any:
    """`value` with every text in it fit for a log: as UTF-8, else as its database is encoded, else with escapes."""
    match value:
        case str():
            return value if value.isascii() else _as_text(value, server_encoding)
        case dict():
            return {readable(key, server_encoding): readable(inner, server_encoding) for key, inner in value.items()}
        case list():
            return [readable(inner, server_encoding) for inner in value]
        case _:
            return value


def _as_text(text: str, server_encoding: str) -> str:
    data = text.encode("utf-8", _UNREADABLE)
    return (
        _decoded(data, "utf-8")
        or _decoded(data, encodings.get(server_encoding, "ascii"))
        or data.decode("utf-8", "backslashreplace")
    )


def _decoded(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return None
