"""Terms: all of them must be in the line, none after `-`, any one after `?`. Case counts."""

import re
from collections.abc import Callable

from emulator.cloudwatch.errors import PatternError
from emulator.cloudwatch.log_patterns.match import Found, Pattern

_TERM = re.compile(r'\s*([-?]?)\s*(?:"((?:[^"\\]|\\.)*)"|%([^%]+)%|([^\s"]+))')
_BARE = re.compile(r"\w+")
_Contains = Callable[[str], bool]


def read(text: str) -> Pattern:
    found = _terms(text)
    included, excluded, optional = (
        [contains for kind, contains in found if kind == wanted] for wanted in ("", "-", "?")
    )
    if included or excluded:
        optional = []  # CloudWatch Logs ignores them beside the others

    def match(line: str) -> Found | None:
        holds = (
            all(contains(line) for contains in included)
            and not any(contains(line) for contains in excluded)
            and (not optional or any(contains(line) for contains in optional))
        )
        return Found() if holds else None

    return match


def _terms(text: str) -> list[tuple[str, _Contains]]:
    terms, position = [], 0
    while position < len(text):
        found = _TERM.match(text, position)
        if not found:
            raise PatternError(f"cannot read {text[position:]!r} in the filter pattern {text!r}")
        terms.append((found[1], _contains(*found.groups()[1:])))
        position = found.end()
    return terms


def _contains(quoted: str | None, expression: str | None, bare: str | None) -> _Contains:
    if expression is not None:
        compiled = re.compile(expression)
        return lambda line: compiled.search(line) is not None
    if bare is not None and not _BARE.fullmatch(bare):
        raise PatternError(f"Invalid character(s) in term '{bare}' (put it in double quotes)")
    term = bare if bare is not None else re.sub(r"\\(.)", r"\1", quoted or "")
    return lambda line: term in line
