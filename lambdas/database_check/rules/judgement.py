"""What a judgement is, and the words that they share."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from lambdas.database_check.settings import Settings
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Metric

Values = Mapping[str, Any]
"""What was measured, by the measurement's name."""


@dataclass(frozen=True)
class Judgement:
    """Something that somebody should know; `metric` is the one whose alarm says so, if one does."""

    name: str
    level: Level
    message: str
    metric: Metric | None = None


Rule = Callable[[Values, Settings], Iterator[Judgement]]


def over(sessions: list[dict[str, Any]], limit: timedelta) -> list[dict[str, Any]]:
    return [session for session in sessions if (session["seconds"] or 0) > limit.total_seconds()]


def session_of(session: dict[str, Any]) -> str:
    application = f" ({session['application']})" if session["application"] else ""
    return f"session {session['pid']} of {session['login']}{application}"


def duration(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 60 else f"{seconds / 60:.0f} min"  # noqa: PLR2004  a minute


def limit_of(limit: timedelta) -> str:
    return duration(limit.total_seconds())


def size_of(amount: float) -> str:
    for unit in ("bytes", "kB", "MB"):
        if amount < 1024:  # noqa: PLR2004  the next unit
            return f"{amount:.0f} {unit}"
        amount /= 1024
    return f"{amount:.1f} GB"
