"""Passwords, tokens, keys, card numbers and e-mail addresses, taken out of whatever is about to be written.

Facts stay: numbers, ARNs, checksums, timestamps, the host and the user of a URL.  A number is a card only when it
stands in a text, begins and is grouped as a card's, has a card's length and a right check digit.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

MASK = "***"

_NAMES = (
    r"pass(?:word|wd|phrase|code)?|pwd|secret|token|api[_-]?key|(?:access|secret|private|routing|signing)[_-]?key"
    r"|authorization|credentials?|cookies?|session[_-]?id|signature|card(?:[_-]?number)?|cvv|cvc"
)
# A name as a whole, or as the last words of one: DATABASE_PASSWORD, x-api-key, clientSecret.
_SECRET_KEY = re.compile(rf"(?:.*[_-]|.*(?<=[a-z])(?=[A-Z])|)(?i:{_NAMES})")
_IN_TEXT = re.compile(
    rf"""
    (?P<url>://[^\s/@:"']*:)(?:(?!://)[^\s"'<>])+@                          # user:password@
    |(?P<named>(?<![\w:-])[\w-]*?(?i:{_NAMES})(?:\\*["']|[)\]])?\s*(?:=>|:?=|:)\s*
        (?i:(?:bearer|basic|token)\s+)?[(\[]?\\*["']?)(?!arn:|\*\*\*)(?:     # password=, "token": , (api_key)=
            (?<=\\["'])[^"'\\]+                                             # its value in JSON within JSON,
            |(?<=")(?:[^"\\]++|\\.)++|(?<=')(?:[^'\\]++|\\.)++                 # in quotes,
            |[^\s"',;&)}}\]]+(?:;[ ][\w.-]+=[^\s"',;&)}}\]]+)*                 # or plain, with a cookie's further ones
        )
    |(?P<scheme>\b(?i:bearer|basic)\s+)(?=\S*[\d._=+/-])[\w.~+/=-]{{8,}}    # Bearer …
    |\beyJ[\w-]{{8,}}\.[\w-]+\.[\w-]*                                        # a JSON web token
    |\b(?:AKIA|ASIA)[A-Z0-9]{{16}}\b                                         # an AWS key
    |\b(?:[spr]k_(?:live|test)_\w{{8,}}|gh[pousr]_\w{{20,}}|github_pat_\w{{20,}}|xox[abprs]-[\w-]{{8,}})
    |(?P<webhook>hooks\.slack\.com/(?:services|workflows|triggers)/)[\w/-]+
    |-----BEGIN[ ][A-Z ]*PRIVATE[ ]KEY-----(?s:.*?)(?:-----END[ ][A-Z ]*PRIVATE[ ]KEY-----|\Z)
    |(?<![\w.@%+-])(?<!://)[\w.%+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{{2,}}              # an e-mail address
    |(?<![\w-])(?<!\d\.)(?P<card>
        \d{{13,19}}|\d{{4}}(?P<gap>[ -])\d{{4}}(?P=gap)\d{{4}}(?P=gap)\d{{4}}(?:(?P=gap)\d{{3}})?
        |3[47]\d\d(?P<wide>[ -])\d{{6}}(?P=wide)\d{{5}})(?![\w-])(?!\.\d)
    """,
    re.VERBOSE,
)
_KEPT = ("url", "named", "scheme", "webhook")
"""Groups before a secret that say what was masked."""
_MAY_HOLD_ONE = re.compile(
    rf"@|(?i:{_NAMES}|bearer|basic)|eyJ|AKIA|ASIA|_live_|_test_|gh._|_pat_|xox|hooks\.|BEGIN|\d{{4}}"
)
_CARDS = re.compile(
    r"4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|3[0689]\d{12}|35\d{14}|6\d{15,18}"
)  # Visa, Mastercard, American Express, Diners, JCB, Discover and UnionPay


def masked(value: Any) -> Any:
    """`value` without secrets, at any depth; what is neither a mapping, a list nor a number comes back as text."""
    match value:
        case None | bool() | int() | float():
            return value
        case Mapping():
            return {str(key): _under(str(key), inner) for key, inner in value.items()}
        case list() | tuple() | set() | frozenset():
            return [masked(inner) for inner in value]
        case _:
            return masked_text(str(value))


def masked_text(text: str) -> str:
    """`text` without what looks like a secret in it."""
    return _IN_TEXT.sub(_replacement, text) if _MAY_HOLD_ONE.search(text) else text


def _under(key: str, value: Any) -> Any:
    """A value by its key: a secret's is masked whatever it looks like, unless it only points to one."""
    points_to_one = value is None or isinstance(value, bool) or str(value).startswith("arn:")
    return MASK if _names_a_secret(key) and not points_to_one else masked(value)


@lru_cache(maxsize=1024)  # the same few keys are in every line
def _names_a_secret(key: str) -> bool:
    return _SECRET_KEY.fullmatch(key) is not None


def _replacement(match: re.Match[str]) -> str:
    if (number := match["card"]) and not is_card(re.sub(r"\D", "", number)):
        return number
    kept: str = next((match[group] for group in _KEPT if match[group]), "")
    return f"{kept}{MASK}@" if match["url"] else f"{kept}{MASK}"


def is_card(digits: str) -> bool:
    """Whether these are a card's digits, the last of them being right (Luhn)."""
    if not _CARDS.fullmatch(digits):
        return False
    doubled = [sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2]]
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0
