"""Passwords, tokens, keys, card numbers and e-mail addresses, taken out of whatever is about to be written.

One engine for log lines, messages, errors and the log contract's validator.  Facts stay: numbers, ARNs, checksums,
timestamps, the host and the user of a URL.  What it does to a text takes time in proportion to the text's length.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from lambdas.shared.masking.cards import is_card
from lambdas.shared.masking.documents import masked_document
from lambdas.shared.masking.looks import MASK
from lambdas.shared.masking.names import is_public, names_a_secret
from lambdas.shared.masking.text import kinds_in, masked_text

__all__ = ["MASK", "is_card", "is_public", "kinds_in", "masked", "masked_document", "masked_text", "names_a_secret"]

DEEPEST = 50
"""Levels of a value that are walked; what is deeper, or holds itself, is masked as one text."""


def masked(value: Any) -> Any:
    """`value` without secrets, at any depth; what is neither a mapping, a list nor a number comes back as text."""
    return _masked(value, DEEPEST)


def _masked(value: Any, levels: int) -> Any:
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return masked_text(value)
        case Mapping() if levels:
            return _masked_mapping(value, levels - 1)
        case list() | tuple() | set() | frozenset() if levels:
            return [_masked(inner, levels - 1) for inner in value]
        case _:
            return masked_text(_text_of(value))


def _masked_mapping(value: Mapping[Any, Any], levels: int) -> dict[str, Any]:
    keys = {key: _text_of(key) for key in value}
    named = value.get("name") or value.get("key")
    found = {_masked_key(keys[key]): _under(keys[key], inner, levels) for key, inner in value.items()}
    if "value" in found and isinstance(named, str):  # {"name": "DB_PASSWORD", "value": …}, as containers are defined
        found["value"] = _under(named, value["value"], levels)
    return found


@lru_cache(maxsize=1024)  # the same few keys are in every line
def _masked_key(key: str) -> str:
    return masked_text(key)


def _under(key: str, value: Any, levels: int) -> Any:
    """A value by its key: a secret's is masked whatever it looks like, unless it only points to one."""
    return MASK if names_a_secret(key) and not is_public(value) else _masked(value, levels)


def _text_of(value: Any) -> str:
    try:
        return str(value)
    except Exception as error:  # noqa: BLE001  (whatever it is, a line about it is worth more than none)
        return f"a {type(value).__name__} that has no text: {type(error).__name__}"
