"""Where a source lies in its repository, out of what bundlers call it.

../src/payments.ts                       esbuild: relative to the bundle       src/payments.ts
webpack://shop/./src/payments.ts?a1b2    webpack                               src/payments.ts
file:///build/app/src/payments.ts        absolute                              build/app/src/payments.ts
"""

import re
from typing import Final

from lambdas.shared.error_tracking.source_maps.limits import LONGEST_PATH

UNKNOWN: Final = "<unknown>"
_SCHEME = re.compile(r"[A-Za-z][\w+.-]{1,40}://[^/]{0,200}/?")
_DRIVE = re.compile(r"^[A-Za-z]:(?=/)")
_QUERY = re.compile(r"[?#].*$", re.DOTALL)


def normalised(path: str | None, root: str = "") -> str:
    """Without scheme, query, `.` and `..`: no path leads out of the repository, or is too long."""
    if not path:
        return UNKNOWN
    whole = path if not root or _is_absolute(path) else f"{root.rstrip('/')}/{path}"
    whole = _SCHEME.sub("", whole[: 8 * LONGEST_PATH].replace("\\", "/"), count=1)
    kept: list[str] = []
    for part in _DRIVE.sub("", _QUERY.sub("", whole)).split("/"):
        if part == "..":
            del kept[-1:]
        elif part not in ("", "."):
            kept.append(part)
    written = "".join(character if character.isprintable() else "?" for character in "/".join(kept))
    return written[-LONGEST_PATH:] or UNKNOWN


def _is_absolute(path: str) -> bool:
    return path.startswith("/") or bool(_SCHEME.match(path))
