"""What Sentry takes as the version of a release.

https://docs.sentry.io/product/releases/naming-releases/
"""

import re
from typing import Any, Final

LONGEST: Final = 200
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f/\\\u0085\u2028\u2029]")
_RESERVED = ("", ".", "..", "latest")


class BadVersionError(ValueError):
    pass


def version_of(written: Any) -> str:
    """Raises BadVersionError."""
    if not isinstance(written, str):
        raise BadVersionError("version: it is missing, or no text")
    version = written.strip()
    if len(version) > LONGEST:
        raise BadVersionError(f"version: longer than {LONGEST} characters")
    if version.lower() in _RESERVED or _FORBIDDEN.search(version) or not _is_writable(version):
        raise BadVersionError(
            "version: it may not be empty, '.', '..' or 'latest', nor hold slashes, tabs or line breaks"
        )
    return version


def _is_writable(version: str) -> bool:
    """JSON may hold half of a pair of surrogates, which no table takes."""
    return not any("\ud800" <= character <= "\udfff" for character in version)
