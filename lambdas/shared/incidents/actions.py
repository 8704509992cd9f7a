"""What reviews decided to do, and the notice about what is overdue."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Final

from lambdas.shared.incidents.words import one_line
from lambdas.shared.quantities import counted
from lambdas.vocabulary.incidents import Action
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import Change, Notice

OVERDUE_KEY: Final = "incidents/overdue-actions"
_LISTED: Final = 10
_LONGEST: Final = 120


def overdue(actions: Iterable[Action], today: date) -> list[Action]:
    """Those that should have been done before today, the longest overdue first."""
    late = (each for each in actions if each.done_at is None and date.fromisoformat(each.due) < today)
    return sorted(late, key=lambda each: (each.due, each.incident, each.identifier))


def overdue_notice(actions: Iterable[Action], moment: datetime) -> Notice | None:
    """The weekly notice; None where nothing is overdue.  The day is that of UTC."""
    today = moment.astimezone(UTC).date()
    late = overdue(actions, today)
    if not late:
        return None
    return Notice(
        key=OVERDUE_KEY,
        level=Level.LOW,
        change=Change.HAPPENED,
        title=f"{counted(len(late), 'action')} of incident reviews {'is' if len(late) == 1 else 'are'} overdue",
        at=moment,
        measured=_lines(late, today),
        meaning="What a review decided has not been done by its date: the incident can happen again.",
        first_look="Do it, or give it another date: ops <environment> incidents actions --overdue lists all.",
    )


def _lines(late: Sequence[Action], today: date) -> str:
    lines = [_line(action, today) for action in late[:_LISTED]]
    if rest := len(late) - len(lines):
        lines.append(f"and {rest} more")
    return "; ".join(lines)


def _line(action: Action, today: date) -> str:
    text = one_line(action.text)
    said = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    days = (today - date.fromisoformat(action.due)).days
    ticket = f", {one_line(action.ticket)}" if action.ticket else ""
    return f"“{said}” ({one_line(action.owner)}{ticket}, of incident {action.incident}, {counted(days, 'day')} overdue)"
