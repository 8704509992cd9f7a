"""How the source database writes text, as the archive's own head says it."""

import re
from dataclasses import dataclass
from typing import Self

HEAD = 1 << 16
"""Bytes of the archive within which pg_dump says it: its first entries are the encoding and the database."""

_LITERAL = rb"'((?:[^']|'')*)'"
_ENCODING = re.compile(rb"SET client_encoding = " + _LITERAL)
_DATABASE = re.compile(rb"CREATE DATABASE .{1,200}? WITH TEMPLATE = template0 ([^;]*);", re.DOTALL)
_PROPERTY = re.compile(rb"(\w+) = (?:" + _LITERAL + rb"|(\w+))")
_LOCALE = {b"LOCALE_PROVIDER", b"LOCALE", b"LC_COLLATE", b"LC_CTYPE", b"ICU_LOCALE", b"ICU_RULES", b"BUILTIN_LOCALE"}


@dataclass(frozen=True)
class Origin:
    """`locale` holds the locale options of its CREATE DATABASE, by name."""

    encoding: str
    locale: dict[str, str]

    @classmethod
    def of(cls, head: bytes) -> Self:
        """Read the first bytes of an archive; UTF8 and no locale when it does not say."""
        encoding, database = _ENCODING.search(head), _DATABASE.search(head)
        said = _PROPERTY.findall(database[1]) if database else []
        locale = {
            name.decode(): (quoted.replace(b"''", b"'") or word).decode()
            for name, quoted, word in said
            if name in _LOCALE
        }
        return cls(encoding[1].decode() if encoding else "UTF8", locale)
