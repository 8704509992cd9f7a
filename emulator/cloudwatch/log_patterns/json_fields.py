"""Patterns over JSON lines: `{ $.level = "error" && $.status >= 500 }`."""

import json
import re
from typing import Any

from emulator.cloudwatch.errors import PatternError
from emulator.cloudwatch.log_patterns import conditions
from emulator.cloudwatch.log_patterns.match import Found, Pattern

_SELECTOR = re.compile(r"\$(?:\.?\[(?:\d+|\*|'[^']+'|\"[^\"]+\")\]|\.(?:[\w-]+|\*))+")
_STEP = re.compile(r"\.?\[(?:(\d+)|(\*)|'([^']+)'|\"([^\"]+)\")\]|\.(?:([\w-]+)|(\*))")


def read(text: str) -> Pattern:
    if not text.endswith("}"):
        raise PatternError(f"the filter pattern {text!r} does not end with a brace")
    selectors: set[str] = set()

    def note(selector: str) -> None:
        check(selector)
        selectors.add(selector)

    holds = conditions.read(text[1:-1], note)

    def match(line: str) -> Found | None:
        found_in = document(line)
        if found_in is None or not holds(lambda selector: find(found_in, selector)):
            return None
        values = {selector: find(found_in, selector) for selector in selectors}
        extracted = {selector: _shown(found[0]) for selector, found in values.items() if found}
        return Found(lambda selector: next(iter(find(found_in, selector)), None), extracted)

    return match


def check(selector: str) -> None:
    """Raises PatternError when this is not the selector of a field."""
    if not _SELECTOR.fullmatch(selector):
        raise PatternError(f"{selector} is not a selector such as $.user.id or $.users[0]")


def find(within: Any, selector: str) -> list[Any]:
    """The values at a selector; more than one only with a wildcard."""
    values = [within]
    for index, any_item, *names, any_name in _STEP.findall(selector[1:]):
        name = next(filter(None, names), "")
        values = [
            found for value in values for found in (_all(value) if any_item or any_name else _one(value, index, name))
        ]
    return values


def _one(value: Any, index: str, name: str) -> list[Any]:
    if index:
        return value[int(index) : int(index) + 1] if isinstance(value, list) else []
    return [value[name]] if isinstance(value, dict) and name in value else []


def _all(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def document(line: str) -> dict[str, Any] | None:
    """The object that a line is, None when it is something else."""
    if not line.lstrip().startswith("{"):
        return None
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
