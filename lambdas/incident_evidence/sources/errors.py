"""Errors by issue: their events of the last quarter of an hour, against the same an hour before.

The table has no events by route, and by release no times: each line has the place in the code, and the release of the
issue's last event.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from lambdas.incident_evidence.source import Found, Situation, Source
from lambdas.shared.error_tracking import items
from lambdas.shared.error_tracking.table import ErrorTable
from lambdas.vocabulary.error_tracking import Issue, State
from lambdas.vocabulary.notices import IDENTIFIER

_SPAN: Final = timedelta(minutes=15)
_EARLIER: Final = timedelta(hours=1)
_ISSUES: Final = 20
"""Of each project, those seen last: each costs a request."""
_STATES: Final = (State.OPEN, State.REGRESSED)
_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class _Counted:
    issue: Issue
    now: int
    before: int

    def line(self, began: datetime) -> str:
        issue = self.issue
        place = f" in {issue.culprit}" if issue.culprit else ""
        release = f", release {issue.last_release}" if issue.last_release else ""
        new = ", new" if issue.first_seen >= began else ""
        state = ", came back" if issue.state is State.REGRESSED else ""
        return f"{issue.project}: {issue.title}{place}: {self.now}, an hour before {self.before}{release}{new}{state}"


def _look(situation: Situation) -> Found:
    table, began = ErrorTable(situation.client("dynamodb"), str(situation.settings.errors)), situation.at - _SPAN
    found = [_count(table, issue, situation.at) for issue in _recent(table, situation)]
    worst = sorted((each for each in found if each.now), key=lambda each: each.now - each.before, reverse=True)
    return Found(tuple(each.line(began) for each in worst))


def _recent(table: ErrorTable, situation: Situation) -> Iterator[Issue]:
    for project in situation.settings.projects:
        issues = table.issues(project, _STATES, limit=_ISSUES)
        yield from (issue for issue in issues if issue.last_seen > situation.at - _SPAN)


def _count(table: ErrorTable, issue: Issue, at: datetime) -> _Counted:
    counts = _minutes(table, issue, at - _EARLIER - _SPAN, at)
    return _Counted(issue, _between(counts, at - _SPAN, at), _between(counts, at - _EARLIER - _SPAN, at - _EARLIER))


def _minutes(table: ErrorTable, issue: Issue, first: datetime, last: datetime) -> dict[datetime, int]:
    """Without what was counted to issues that were merged into it before the merge: those events are old."""
    record = items.issue_record(issue.project, issue.id)
    counts: dict[datetime, int] = {}
    for item in table.query(record, f"hour#{items.hour_of(first)}", f"hour#{items.hour_of(last)}"):
        hour = datetime.strptime(item[IDENTIFIER]["S"], "hour#%Y-%m-%dT%H").replace(tzinfo=UTC)
        counts |= {hour + minute * _MINUTE: count for minute, count in items.minutes_of(item).items()}
    return counts


def _between(counts: dict[datetime, int], after: datetime, until: datetime) -> int:
    """Whole minutes: the first one is left out, the one that runs now is in it."""
    return sum(count for minute, count in counts.items() if after < minute <= until)


ERRORS = Source("Errors in 15 min", _look, needs="errors")
