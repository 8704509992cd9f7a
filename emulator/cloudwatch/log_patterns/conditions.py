"""Conditions joined by `&&`, `||` and parentheses, as JSON and space-delimited patterns have them."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from emulator.cloudwatch.errors import PatternError
from emulator.cloudwatch.log_patterns.match import test_of

_TOKEN = re.compile(
    r"\s*(&&|\|\||<=|>=|!=|[=<>()]|\"(?:[^\"\\]|\\.)*\"|%[^%]+%"
    r"|(?:\[(?:'[^']*'|\"[^\"]*\"|[^\]]*)\]|[^\s&|<>=!()\"\[])+)"
)
_SIGNS = ("=", "!=", "<", ">", "<=", ">=")
_STATES: dict[tuple[str, str], Callable[[Any], bool]] = {
    ("IS", "NULL"): lambda value: value is None,
    ("IS", "TRUE"): lambda value: value is True,
    ("IS", "FALSE"): lambda value: value is False,
}

Lookup = Callable[[str], Sequence[Any]]
"""The values that a selector finds, none when there are none."""
Holds = Callable[[Lookup], bool]


def read(text: str, note: Callable[[str], None]) -> Holds:
    """Raises PatternError with what cannot be read; `note` gets every selector and may refuse it."""
    reader = _Reader(text, note)
    condition = reader.any_of()
    if reader.word():
        raise reader.unexpected()
    return condition


class _Reader:
    def __init__(self, text: str, note: Callable[[str], None]) -> None:
        self._text, self._words, self._at, self._note = text, _words(text), 0, note

    def word(self, ahead: int = 0) -> str:
        at = self._at + ahead
        return self._words[at] if at < len(self._words) else ""

    def unexpected(self) -> PatternError:
        return PatternError(f"unexpected {self.word() or 'end'} in the filter pattern {self._text!r}")

    def any_of(self) -> Holds:
        parts = [self._all_of()]
        while self._skip("||"):
            parts.append(self._all_of())
        return lambda lookup: any(part(lookup) for part in parts)

    def _all_of(self) -> Holds:
        parts = [self._one()]
        while self._skip("&&"):
            parts.append(self._one())
        return lambda lookup: all(part(lookup) for part in parts)

    def _one(self) -> Holds:
        if self._skip("("):
            inside = self.any_of()
            if not self._skip(")"):
                raise self.unexpected()
            return inside
        selector, first, second = self.word(), self.word(1), self.word(2)
        if not selector or not first or not second:
            self._at = len(self._words)
            raise self.unexpected()
        self._note(selector)
        self._at += 3
        if (first, second) == ("NOT", "EXISTS"):
            return lambda lookup: not lookup(selector)
        test = _STATES.get((first, second)) or (test_of(first, second) if first in _SIGNS else None)
        if test is None:
            self._at -= 2
            raise self.unexpected()
        return lambda lookup: any(test(value) for value in lookup(selector))

    def _skip(self, word: str) -> bool:
        found = self.word() == word
        self._at += found
        return found


def _words(text: str) -> list[str]:
    words, position = [], 0
    text = text.rstrip()
    while position < len(text):
        found = _TOKEN.match(text, position)
        if not found:
            raise PatternError(f"cannot read {text[position:]!r} in the filter pattern {text!r}")
        words.append(found[1])
        position = found.end()
    return words
