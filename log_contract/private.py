"""What must not stand in a log: secrets and personal data, found by the look of values and by the names of keys.

Masking at the log group is the last net, not the first: what is not written cannot leak.
"""

import re
from collections.abc import Iterator
from typing import Final

from lambdas.shared.masking import is_card
from lambdas.vocabulary.log_contract import Field

# Every repetition has an end, or a long line of one word would take minutes.
_LOOKS: Final = {
    "an e-mail address": re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{0,63}[A-Za-z]"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY"),
    "an AWS access key": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "a token": re.compile(
        r"\beyJ[\w-]{8,400}\.[\w-]{8}|\b[Bb]earer\s{1,9}[\w.~+/-]{8}|\b(?:gh[pousr]|sk|xox[abp])[_-]\w{16}"
    ),
    "a password": re.compile(
        r"\b(?:password|passwd|pwd|secret)\b[\"']?\s{0,9}[=:]\s{0,9}[\"']?[^\s\"'*<\[]", re.IGNORECASE
    ),
    "a password in a URL": re.compile(r"://[^/\s:@]{1,99}:[^/\s@*]{1,99}@"),
}
_SECRET_KEY = re.compile(
    r"password|passwd|secret|token|authorization|cookie|api_?key|private_?key|card_?number|\bcvc\b|\biban\b",
    re.IGNORECASE,
)
_CARD = re.compile(r"(?<![\w.])(?:\d[ -]?){12,18}\d(?![\w.])")
_MASKED = re.compile(r"\W*|\W*(?:masked|redacted|hidden|removed|none|null)\W*", re.IGNORECASE)


def private_data(line: dict[str, object]) -> Iterator[tuple[str, str]]:
    """The place and the kind of each value that should not be there; never the value itself."""
    for place, value in _leaves(line):
        name = place.rpartition(".")[2]
        if _SECRET_KEY.search(name) and not _MASKED.fullmatch(str(value)):
            yield place, "a secret, by its name"
        elif isinstance(value, str) and place != Field.TIME:
            yield from ((place, kind) for kind in _kinds(value))


def _kinds(text: str) -> Iterator[str]:
    yield from (kind for kind, look in _LOOKS.items() if look.search(text))
    if any(is_card(re.sub(r"[ -]", "", match[0])) for match in _CARD.finditer(text)):
        yield "a card number"


def _leaves(document: dict[str, object]) -> Iterator[tuple[str, object]]:
    """Without recursion: some versions of Python read deeper documents than their functions may call each other."""
    waiting: list[tuple[str, object]] = [("", document)]
    while waiting:
        place, value = waiting.pop()
        if isinstance(value, dict):
            waiting += reversed([(f"{place}.{key}".removeprefix("."), inner) for key, inner in value.items()])
        elif isinstance(value, list):
            waiting += [(place, inner) for inner in reversed(value)]
        else:
            yield place, value
