"""The health body `{"status": …, "timestamp": …, "checks": {…}}`, as backends write it."""

from typing import Any

FAILING = frozenset(
    {
        *("degraded", "warn", "warning", "unhealthy", "critical", "error", "down", "unavailable", "out_of_service"),
        *("fail", "fails", "failed", "failing", "timeout", "disconnected", "unreachable"),
    }
)
"""What a status says, in any case, when something is wrong."""

_MAX_CHECKS = 10
_MAX_NAME = 64


def is_failing(document: Any) -> bool:
    """Whether a health body's status or any of its checks says that something fails."""
    return isinstance(document, dict) and (_fails(document) or bool(failing_checks(document)))


def failing_checks(document: Any) -> tuple[str, ...]:
    """The names of the checks that fail, the first ten of them.

    A check is a word, a boolean, an object with a `status`, or a list of those.
    """
    checks = document.get("checks") if isinstance(document, dict) else None
    if not isinstance(checks, dict):
        return ()
    failing = (_printable(name) for name, check in checks.items() if _fails(check))
    return tuple(name for name, _ in zip(failing, range(_MAX_CHECKS), strict=False))


def _fails(check: Any) -> bool:
    if isinstance(check, list):
        return any(_fails(each) for each in check if not isinstance(each, list))
    if isinstance(check, dict):
        check = check.get("status")
    return check is False or (isinstance(check, str) and check.lower() in FAILING)


def _printable(name: str) -> str:
    return "".join(character for character in name[:_MAX_NAME] if character.isprintable())
