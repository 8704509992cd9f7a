"""The rules of the set whose secrets name themselves: `ghp_…`, `sk_live_…`."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from log_contract.secret_patterns.texts import is_endless, is_endless_before_its_end, python_of, starts_of

START = 3  # characters by which masking looks a rule up
_BOUNDARY = re.compile(r"\\b|\(\?:\^\|\[\^?(?:\\.|[^\]])*\]\)|(?=$)")
_SERVICE = re.compile(r"(?!.*(?:key|secret|token|password|curl|begin|private))[a-z][a-z_-]{2,}[a-z]")
_GROUP = re.compile(r"\\.|\[(?:\\.|[^\]])*\]|\(\?[a-z]+\)|\(\?P<\w+>|\(\?[a-z-]*:|\((?!\?)|\)")
_GAP = re.compile(r"\}\?|\.\*|\.\||\[\^|\[\\s|\\s[*+]|\(\?s:|://")  # between a name and its value, or around it
_END = re.compile(r"(?:\\b|\(\?:\[\^[^\]]*\]\|\\z\))$")


def rules_in(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """As masking reads them: an expression, and where it is looked for."""
    for rule in document["rules"]:
        if "regex" in rule and not rule.get("skipReport") and (found := _rule(rule)):
            yield found


def services_in(document: Mapping[str, Any]) -> list[str]:
    """Whose secrets are known by a name with theirs in it: `heroku_key`."""
    named = (rule for rule in document["rules"] if not rule.get("skipReport") and "regex" in rule and not _rule(rule))
    words = {word for rule in named for word in rule["keywords"] if not rule["id"].startswith("generic")}
    return sorted(word for word in words if _SERVICE.fullmatch(word))


def _rule(rule: Mapping[str, Any]) -> dict[str, Any] | None:
    expression = _secret(rule["regex"])
    starts = starts_of(expression, START) if expression else frozenset()
    if not starts:
        return None
    needs = [] if _implied(rule["keywords"], expression) else rule["keywords"]
    return {"id": rule["id"], "starts": sorted(starts), "regex": expression, **({"needs": needs} if needs else {})}


def _secret(regex: str) -> str:
    """What of the expression is the secret itself; nothing when that needs other words before it."""
    ignores_case = regex.startswith("(?i)")
    bare = regex.removeprefix("(?i)")
    before, secret, after = _split(bare)
    if _GAP.search(secret) or not _BOUNDARY.fullmatch(before) or is_endless_before_its_end(secret):
        return ""
    secret = python_of(f"(?i:{secret})" if ignores_case else secret)
    return secret if is_endless(secret) or not after else rf"{secret}(?![A-Za-z0-9])"


def _split(regex: str) -> tuple[str, str, str]:
    """Before the first group that captures, in it, and after; without one, boundaries are what is around."""
    depth, start = 0, -1
    for token in _GROUP.finditer(regex):
        if token[0] == ")":
            depth -= 1
            if start >= 0 and depth == 0:
                return regex[: start - 1], regex[start : token.start()], regex[token.end() :]
        elif token[0].startswith("(") and not token[0].endswith(")"):
            if token[0] == "(" and depth == 0 and start < 0 and _BOUNDARY.fullmatch(regex[: token.start()]):
                start = token.end()
            depth += 1
    before = r"\b" if regex.startswith(r"\b") else ""
    after = found[0] if (found := _END.search(regex)) else ""
    return before, regex.removeprefix(before).removesuffix(after), after


def _implied(keywords: list[str], expression: str) -> bool:
    """Whether a match holds one of the words anyway."""
    bare = expression.lower().replace("\\", "")
    starts = {length: starts_of(expression, length) for length in map(len, keywords)}
    return any(word in bare or (starts[len(word)] and starts[len(word)] <= {*keywords}) for word in keywords)
