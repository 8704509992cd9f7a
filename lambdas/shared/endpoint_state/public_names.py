"""The names of a health body's checks, as the public may read them.

A backend may call a check by the URL that it asks.  Whatever looks like a secret, an address, a host or a number that
means somebody is left out; a name of which nothing is left is no name.
"""

import re
from collections.abc import Iterable

from lambdas.shared.masking import MASK, masked_text

LEFT_OUT = "…"
MAX_LENGTH = 64

_NOT_PUBLIC = re.compile(
    rf"""
    \S*(?:{re.escape(MASK)}|[@=?&\\])\S*                # what was masked, users, e-mail addresses, assignments
    |[a-z][a-z0-9+.-]*:/\S*                             # a URL
    |(?<![\w.])\[?[0-9a-f]*:[0-9a-f]*:[0-9a-f:.]*\]?    # an IPv6 address
    |(?:[\w-]+\.){{2,}}[\w-]+\.?(?::\d+)?               # a host name or an IPv4 address
    |[\w.-]+:\d+                                        # a host and its port
    |\b(?=[a-z+/_-]*\d)[\w+/-]{{24,}}                   # a key
    |\b[0-9a-f]{{8}}-[0-9a-f-]{{20,}}                   # a UUID
    |\d{{6,}}                                           # the number of an account or a telephone
    """,
    re.VERBOSE | re.IGNORECASE,
)
_REPEATED = re.compile(rf"\s*{LEFT_OUT}(?:\s*{LEFT_OUT})*\s*")


def public_names(names: Iterable[str]) -> tuple[str, ...]:
    """Each name once, without what is not public; those that say nothing then are left out."""
    public = (_REPEATED.sub(f" {LEFT_OUT} ", _NOT_PUBLIC.sub(LEFT_OUT, masked_text(name))).strip() for name in names)
    cut = (name[:MAX_LENGTH] for name in public)
    return tuple(dict.fromkeys(name for name in cut if any(character.isalpha() for character in name)))
