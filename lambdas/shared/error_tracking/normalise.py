"""A message without what differs from one event to the next: numbers, ids, addresses, quoted values."""

import re
from functools import lru_cache
from typing import Final

LONGEST_READ: Final = 16_384
"""Characters of a message that are looked at."""
LONGEST: Final = 1_000
"""Characters that are left of it: cut after it was normalised, so that no cut goes through an id."""

_FIRST_BYTES = r"[0-9a-fA-F]"
_PATTERNS: Final = {
    "quoted": r""""[^"\n]{0,500}"|`[^`\n]{0,500}`|(?<!\w)'[^'\n]{0,500}'(?!\w)|“[^”\n]{0,500}”""",
    "url": r"\b[a-zA-Z][a-zA-Z0-9+.-]{1,20}://[^\s\"'<>)\]]{1,2000}",
    "email": r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}",
    "uuid": rf"\b{_FIRST_BYTES}{{8}}-?(?:{_FIRST_BYTES}{{4}}-?){{3}}{_FIRST_BYTES}{{12}}\b",
    "time": (
        r"\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?"
        r"|\b\d\d:\d\d:\d\d(?:[.,]\d{1,9})?\b"
    ),
    "address": (
        r"\b\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?\b"
        r"|(?<![\w:])\[?(?:[0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F]{0,4}\]?(?::\d{1,5})?(?![\w:])"
    ),
    "hex": r"\b0[xX][0-9a-fA-F]{1,200}\b|\b(?=[0-9a-fA-F]{0,200}\d)(?:[0-9a-f]{7,200}|[0-9A-F]{7,200})\b",
    "id": r"\b(?=(?:[A-Za-z_-]{0,64}\d){2})[A-Za-z0-9]{1,64}(?:[_-][A-Za-z0-9]{1,64}){1,8}\b"
    r"|\b(?=(?:[A-Za-z]{0,64}\d){2})(?=[A-Za-z0-9]{8,200}\b)[A-Za-z0-9]{8,200}\b",
    "number": (
        r"(?<![\w.])[+-]?\d{1,40}(?:[.,:]\d{1,40}){0,8}"
        r"(?=(?:ms|us|ns|s|m|h|d|[kKMGT]?i?B|%|px)?(?![A-Za-z0-9_]))"
    ),
}
_EXPRESSION = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _PATTERNS.items()))
_SPACES = re.compile(r"\s+")
_DIFFERS = re.compile(r"[\d\"'`“@:]")


@lru_cache(maxsize=1024)
def normalised(message: str) -> str:
    read = message if len(message) <= LONGEST_READ else message[:LONGEST_READ].rpartition(" ")[0]
    text = _EXPRESSION.sub(_kind, read) if _DIFFERS.search(read) else read
    return _SPACES.sub(" ", text).strip()[:LONGEST]


def _kind(match: "re.Match[str]") -> str:
    """Digits alone may be a number, or an id that has no letters by chance: they are one kind."""
    return "<n>" if match.lastgroup in ("number", "hex", "id") else f"<{match.lastgroup}>"
