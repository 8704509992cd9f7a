"""Tokens that name themselves, such as `ghp_…`: by the rules in tokens.json, and by shorter ones for the best known.

tokens.json holds rules of Betterleaks (MIT, LICENSE.betterleaks); `python -m log_contract.secret_patterns` writes it
anew.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from lambdas.shared.masking.looks import MASK

KIND, AWS_KEY = "a token", "an AWS access key"
_BEGINS = r"(?:(?<![A-Za-z0-9])|(?<=\\[nrt])|(?<=%[0-9A-Fa-f]{2}))"
_REST = r"[A-Za-z0-9_-]*+"
"""A longer token than the rule knows is masked to its end."""
LONG_WORD = r"(?=([$_0-9a-z][^\s]{2})(?:[^\s]{10}|[^\s]{2}\s[^\s]{20}))"
"""In lower case.  No token is shorter, and one kind has a blank in it."""
_STARTS = re.compile(rf"(?<![a-z0-9]){LONG_WORD}")
"""The first three characters of each word that may be one, in a text in lower case."""
_STARTS_IN_ESCAPES = re.compile(rf"(?:(?<![a-z0-9])|(?<=\\[nrt])|(?<=%[0-9a-f]{{2}})){LONG_WORD}")
"""The same in a text with escaped ends of lines, or of an address."""
_BEST_KNOWN = (
    (("ghp", "gho", "ghu", "ghs", "ghr"), r"gh[pousr]_\w{20}"),
    (("git",), r"github_pat_\w{20}"),
    (
        ("glp", "gld", "glr", "glc", "gls", "glf", "gli", "gla", "glo"),
        r"gl(?:pat|dt|rt|cbt|ptt|soat|ft|imt|agent|oas)-[\w-]{16}",
    ),
    (("npm",), r"npm_[A-Za-z0-9]{20}"),
    (("aiz",), r"AIza[\w-]{20}"),
    (("sk-",), r"sk-(?:proj|svcacct|admin|ant|or)-[\w-]{16}"),
    (("sg.",), r"SG\.[\w-]{10,}+\.[\w-]{10}"),
    (("xap", "xox"), r"(?:xapp|xox[a-eprs])(?:\.xox[bp])?-[\w-]{8}"),
    (("sk_", "pk_", "rk_"), r"[spr]k_(?:live|test|prod)_\w{8}"),
    (("whs",), r"whsec_[\w+/]{16}"),
    (("sq0",), r"sq0[a-z]{3}-[\w-]{22}"),
)
_AWS_KEYS = (("aki", "asi"), r"A[KS]IA[A-Z0-9]{16}(?![A-Za-z0-9])")


@dataclass(frozen=True)
class Rule:
    """A kind of token.  Its expression is compiled when a text has a word that starts like one."""

    starts: tuple[str, ...]
    regex: str = field(repr=False)
    kind: str = KIND
    needs: tuple[str, ...] = ()
    """Words of which a text has one, in lower case, where the form alone says too little."""

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(f"{_BEGINS}(?:{self.regex}){_REST}")

    def masked(self, text: str, lowered: str) -> str:
        if self.needs and not any(word in lowered for word in self.needs):
            return text
        return self._compiled.sub(MASK, text)


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(Path(__file__).with_name("tokens.json").read_text())
    return document


def services() -> tuple[str, ...]:
    """In whose names a `key` is a secret: `heroku_key`."""
    return tuple(_document()["services"])


@cache
def _rules() -> dict[str, tuple[Rule, ...]]:
    """By the three characters that their tokens begin with."""
    found: dict[str, tuple[Rule, ...]] = {}
    for rule in _all_rules():
        for start in rule.starts:
            found[start] = (*found.get(start, ()), rule)
    return found


def _all_rules() -> Iterator[Rule]:
    yield Rule(*_AWS_KEYS, kind=AWS_KEY)
    yield from (Rule(*best_known) for best_known in _BEST_KNOWN)
    for rule in _document()["rules"]:
        yield Rule(tuple(rule["starts"]), rule["regex"], needs=tuple(rule.get("needs", ())))


def rules_for(lowered: str) -> tuple[Rule, ...]:
    """Those that a text in lower case may hold a token of."""
    words = _STARTS_IN_ESCAPES if "\\" in lowered or "%" in lowered else _STARTS
    starts = words.findall(lowered)
    rules = _rules()
    if not starts or not (known := rules.keys() & set(starts)):
        return ()
    return tuple(dict.fromkeys(rule for start in sorted(known) for rule in rules[start]))
