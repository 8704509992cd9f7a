"""Texts that are documents: JSON that was sent as a text, and forms, are masked by their keys too."""

import json
import re
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import unquote_plus

from lambdas.shared.masking.looks import MASK
from lambdas.shared.masking.names import is_public, names_a_secret
from lambdas.shared.masking.text import masked_text

LONGEST: Final = 1 << 20
"""Characters of a text that is read as JSON; a longer one is masked as a text."""
_FORM = re.compile(
    r"(?P<before>[^\s?=&]*\?)?(?P<pairs>[\w.\[\]%+-]{1,200}=[^\s&]*(?:&[\w.\[\]%+-]{0,200}(?:=[^\s&]*)?)*)"
)

_HARMLESS = re.compile(r"[\w-]{0,10}")
"""Too short for what is known by its look."""


def json_in(text: str) -> Any:
    """The object or array that the whole of a text is; None for any other."""
    if not _may_be_json(text):
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict | list) else None


def masked_document(text: str, mask: Callable[[Any], Any], longest: int = LONGEST) -> str:
    """A text without secrets; what it holds of JSON is masked by `mask`, and written again.

    Of what is no JSON `longest` characters are read, and the rest is left out.
    """
    found = json_in(text)
    if found is not None:
        return json.dumps(mask(found), ensure_ascii=False, separators=(",", ":"))
    return masked_form(text[:longest])


def masked_form(text: str) -> str:
    """`a=1&password=***`, with an address before it or without: by the decoded names and values.

    Any other text is masked as it is everywhere.
    """
    form = _FORM.fullmatch(text) if "=" in text else None
    if not form:
        return masked_text(text)
    return masked_text(form["before"] or "") + "&".join(map(_masked_pair, form["pairs"].split("&")))


def _masked_pair(pair: str) -> str:
    name, equals, value = pair.partition("=")
    plain_name, plain = unquote_plus(name), unquote_plus(value)
    if names_a_secret(plain_name.rstrip("[]")) and not is_public(plain):
        return f"{name}{equals}{MASK}"
    return f"{name if _is_clean(plain_name) else MASK}{equals}{value if _is_clean(plain) else MASK}"


def _is_clean(text: str) -> bool:
    return _HARMLESS.fullmatch(text) is not None or masked_text(text) == text


def _may_be_json(text: str) -> bool:
    if len(text) > LONGEST:
        return False
    bare = text.strip()
    return bare[:1] + bare[-1:] in ("{}", "[]")
