"""What a kind of secret looks like in a text, and what of it stays to be read."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

MASK = "***"


def kept_and_masked(match: re.Match[str]) -> str:
    """The group `kept` says what was masked."""
    return f"{match['kept'] or ''}{MASK}"


@dataclass(frozen=True)
class Look:
    """One kind of secret.  Its expression is compiled when a text holds one of its `anchors`, in lower case."""

    kind: str
    """In the validator's words: a line "looks like …"."""
    anchors: tuple[str, ...]
    expression: str = field(repr=False)
    replacement: Callable[[re.Match[str]], str] = kept_and_masked

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.expression, re.VERBOSE)

    def masked(self, text: str, lowered: str) -> str:
        for anchor in self.anchors:
            if anchor in lowered:
                return self._compiled.sub(self.replacement, text)
        return text
