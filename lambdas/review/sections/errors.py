"""The five issues with the most events, each with its owner and state."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from lambdas.review.section import Figure, Found, Section, Situation
from lambdas.shared.documents.document import Table
from lambdas.shared.error_tracking.table import ErrorTable
from lambdas.shared.lines import one_line
from lambdas.shared.quantities import counted, rounded
from lambdas.shared.texts import cut
from lambdas.vocabulary.error_tracking import Issue
from lambdas.vocabulary.error_tracking import State as IssueState
from lambdas.vocabulary.reviews import State

TOP: Final = 5
_LOOKED_AT: Final = 100
"""Issues of a project, those seen last: each costs a request."""
_TITLE: Final = 120
_UNSOLVED: Final = (IssueState.OPEN, IssueState.REGRESSED)
_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True)
class _Counted:
    issue: Issue
    events: int


def _look(situation: Situation) -> Found:
    table = ErrorTable(situation.client("dynamodb"), situation.here.named("errors"))
    found = sorted(_counted(table, situation), key=lambda each: each.events, reverse=True)
    found = [each for each in found if each.events]
    unsolved = sum(each.issue.state in _UNSOLVED for each in found[:TOP])
    events = sum(each.events for each in found)
    source = f"table {situation.here.named('errors')}"
    return Found(
        State.ATTENTION if unsolved else State.GOOD,
        f"{counted(len(found), 'issue')}, {counted(events, 'event')}; {unsolved} of the top {TOP} unresolved"
        if found
        else "no error",
        (
            Figure("issues", "Issues seen", len(found), str(len(found)), source),
            Figure("events", "Their events", events, rounded(events), source),
        ),
        (Table(_HEADINGS, tuple(_row(each, situation.settings.owner) for each in found[:TOP])),) if found else (),
    )


_HEADINGS: Final = ("Issue", "Project", "Events", "Users", "State", "Owner", "Release")


def _counted(table: ErrorTable, situation: Situation) -> Iterator[_Counted]:
    """Whole hours: the first is in it as a whole."""
    span = situation.span
    last = span.until - timedelta(microseconds=1)
    hours = -((span.since - span.until) // _HOUR)
    for project in situation.settings.projects:
        for issue in table.issues(project, limit=_LOOKED_AT):
            if issue.last_seen >= span.since and issue.first_seen < span.until:
                yield _Counted(issue, sum(table.hours(issue, hours, last)))


def _row(of: _Counted, owner: str) -> tuple[str, ...]:
    issue = of.issue
    return (
        cut(one_line(issue.title), _TITLE),
        issue.project,
        rounded(of.events),
        rounded(issue.users),
        issue.state.value,
        one_line(_owner(issue) or owner),
        one_line(issue.last_release) or "-",
    )


def _owner(issue: Issue) -> str:
    """Whoever resolved or muted it; of an open one the environment's owner answers."""
    if issue.muted and issue.state is IssueState.MUTED:
        return issue.muted.by
    return issue.resolved.by if issue.resolved else ""


ERRORS = Section(
    "top_errors",
    "Top five errors",
    _look,
    lambda situation: "" if situation.settings.projects else "errors are not tracked",
)
