"""What Sentry takes as the version of a release.

https://docs.sentry.io/product/releases/naming-releases/
"""

import re
from http import HTTPStatus
from typing import Any, Final

from lambdas.error_releases.http import RefusedError

LONGEST: Final = 200
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f/\\\u0085\u2028\u2029]")
_RESERVED = ("", ".", "..", "latest")


def version_of(written: Any) -> str:
    """Raises RefusedError."""
    if not isinstance(written, str):
        raise RefusedError(HTTPStatus.BAD_REQUEST, "version: it is missing, or no text")
    version = written.strip()
    if len(version) > LONGEST:
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"version: longer than {LONGEST} characters")
    if version.lower() in _RESERVED or _FORBIDDEN.search(version):
        raise RefusedError(
            HTTPStatus.BAD_REQUEST,
            "version: it may not be empty, '.', '..' or 'latest', nor hold slashes, tabs or line breaks",
        )
    return version
