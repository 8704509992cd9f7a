"""The health body, as backends write it: `status`, and what it is made of.

{"status": "ok", "checks": {"database": {"status": "ok"}}}             the common one, and health+json with lists
{"status": "DOWN", "checks": [{"name": "database", "status": "DOWN"}]}  MicroProfile (Quarkus, Helidon, Open Liberty)
{"status": "DOWN", "components": {"db": {"status": "DOWN"}}}            Spring Boot, with components in components
{"status": "Unhealthy", "entries": {"db": {"status": "Unhealthy"}}}     ASP.NET (`results` in others of its writers)
{"status": "error", "details": {"redis": {"status": "down"}}}           Terminus (NestJS), Spring Boot before 2.2
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

FAILING = frozenset(
    {
        *("degraded", "warn", "warning", "unhealthy", "critical", "error", "down", "unavailable", "out_of_service"),
        *("fail", "fails", "failed", "failing", "timeout", "disconnected", "unreachable"),
    }
)
"""What a status says, in any case, when something is wrong."""

_PARTS = ("checks", "components")
# Names that other documents use too: they say what fails, but not that something does.
_PARTS_OF_A_FAILING_ONE = ("entries", "results", "details")
_MAX_CHECKS = 10
_MAX_NAMED = 20
_MAX_NAME = 200
_MAX_DEPTH = 3


def is_failing(document: Any) -> bool:
    """Whether a health body's status or any of its checks says that something fails."""
    return isinstance(document, dict) and (_fails(document) or bool(failing_checks(document)))


def failing_checks(document: Any) -> tuple[str, ...]:
    """The names of the checks that fail, the first ten of them; `db/replica` is a part of `db`.

    A check is a word, a boolean, an object with a `status`, or a list of those.
    """
    names = dict.fromkeys(_printable(name) for name in islice(_failing(document, _MAX_DEPTH), 10 * _MAX_CHECKS))
    return tuple(islice(names, _MAX_CHECKS))


def named_checks(document: Any) -> tuple[str, ...]:
    """The names of all checks, whether they fail or not, the first twenty of them."""
    if not isinstance(document, dict):
        return ()
    parts = ((part, document.get(part)) for part in (*_PARTS, *_PARTS_OF_A_FAILING_ONE))
    names = (name for part, checks in parts for name, check in _named(checks, part) if _is_check(check))
    return tuple(islice(dict.fromkeys(map(_printable, names)), _MAX_NAMED))


def _is_check(check: Any) -> bool:
    status = check.get("status") if isinstance(check, dict) else check
    return isinstance(status, str | bool | list)


def _failing(document: Any, depth: int) -> Iterator[str]:
    if not isinstance(document, dict) or depth == 0:
        return
    for part in (*_PARTS, *(_PARTS_OF_A_FAILING_ONE if _fails(document) else ())):
        for name, check in _named(document.get(part), part):
            if _fails(check):
                inner = [f"{name}/{within}" for within in _failing(check, depth - 1)]
                yield from inner or [name]


def _named(checks: Any, part: str) -> Iterator[tuple[str, Any]]:
    if isinstance(checks, dict):
        yield from checks.items()
    elif isinstance(checks, list):
        for number, check in enumerate(checks):
            if isinstance(check, dict):
                name = check.get("name")
                yield name if isinstance(name, str) and name else f"{part}[{number}]", check


def _fails(check: Any) -> bool:
    if isinstance(check, list):
        return any(_fails(each) for each in check if not isinstance(each, list))
    if isinstance(check, dict):
        check = check.get("status")
    return check is False or (isinstance(check, str) and check.lower() in FAILING)


def _printable(name: str) -> str:
    return "".join(character for character in name[:_MAX_NAME] if character.isprintable())
