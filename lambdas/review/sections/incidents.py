"""Incidents, how soon they were taken and ended, what they took of the error budget, and what is still to be done."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.error_budget.burn_rate import PERIOD
from lambdas.error_budget.objective import Objective
from lambdas.error_budget.read_counts import NoCountsError, read_counts
from lambdas.review.section import Figure, Found, Section, Situation
from lambdas.shared.documents.document import Table, Text
from lambdas.shared.incidents.actions import overdue
from lambdas.shared.incidents.figures import times
from lambdas.shared.incidents.table import IncidentTable
from lambdas.shared.incidents.times import lasted, time_to_acknowledge, time_to_resolve
from lambdas.shared.lines import one_line
from lambdas.shared.quantities import counted, duration, moment, number
from lambdas.vocabulary.incidents import ACTIONS, Action, Incident
from lambdas.vocabulary.reviews import State

_MOST: Final = 500
_BUDGET_OF: Final = timedelta(days=30)
_DAY: Final = timedelta(days=1)


def _look(situation: Situation) -> Found:
    table = IncidentTable(situation.client("dynamodb"), situation.here.named("incidents"))
    found = [each for each in table.newest(_MOST) if situation.span.holds(each.opened_at) and not each.is_test]
    actions = [Action.from_json(document) for document in table.documents(ACTIONS)]
    waiting = [action for action in actions if action.done_at is None]
    late = overdue(waiting, situation.at.astimezone(UTC).date())
    still_open = [each for each in found if each.is_open]
    said = f"{counted(len(found), 'incident')}, {counted(len(waiting), 'open action')}"
    return Found(
        State.ATTENTION if late or still_open else State.GOOD,
        f"{said}; {len(late)} overdue" if late else said,
        tuple(_figures(found, waiting, late, situation)),
        (*_incidents(found, situation), *_actions(waiting, late)),
    )


def _figures(
    found: Sequence[Incident], waiting: Sequence[Action], late: Sequence[Action], situation: Situation
) -> list[Figure]:
    source = f"table {situation.here.named('incidents')}"
    taken, ended = times(map(time_to_acknowledge, found)), times(map(time_to_resolve, found))
    return [
        Figure("incidents", "Incidents", len(found), str(len(found)), source),
        _time("acknowledged", "Time to acknowledge, median", taken.median, source),
        _time("acknowledged_worst", "Time to acknowledge, worst", taken.worst, source),
        _time("resolved", "Time to resolve, median", ended.median, source),
        _time("resolved_worst", "Time to resolve, worst", ended.worst, source),
        Figure("open_actions", "Open actions", len(waiting), str(len(waiting)), source),
        Figure("overdue_actions", "Of these overdue", len(late), str(len(late)), source),
    ]


def _time(name: str, label: str, time: timedelta | None, source: str) -> Figure:
    return Figure(name, label, time.total_seconds() if time is not None else None, _shown(time), source)


def _shown(time: timedelta | None) -> str:
    return duration(time) if time is not None else "none"


def _incidents(found: Sequence[Incident], situation: Situation) -> tuple[Table | Text, ...]:
    if not found:
        return ()
    burnt, unread = _budget_burnt_or_unknown(found, situation)
    rows = tuple(
        (
            str(each.number),
            moment(each.opened_at),
            each.level.value,
            one_line(each.title),
            _shown(time_to_acknowledge(each)),
            duration(lasted(each, situation.at)),
            burnt.get(each.number, "unknown"),
        )
        for each in found
    )
    headings = ("No.", "Opened", "Level", "Title", "Taken in", "Lasted", "Budget burnt")
    said = (Text(f"The error budget that they burnt is unknown: {unread}."),) if unread else ()
    return (Table(headings, rows), *said)


def _actions(waiting: Sequence[Action], late: Sequence[Action]) -> tuple[Table, ...]:
    ordered = sorted(waiting, key=lambda action: (action.due, action.identifier))
    rows = tuple(
        (
            one_line(each.text),
            one_line(each.owner),
            f"{each.due}{' (overdue)' if each in late else ''}",
            str(each.incident),
            one_line(each.ticket) or "-",
        )
        for each in ordered
    )
    return (Table(("Action", "Owner", "Due", "Incident", "Ticket"), rows),) if rows else ()


def _budget_burnt_or_unknown(found: Sequence[Incident], situation: Situation) -> tuple[dict[int, str], str]:
    """With why it is unknown; the rest of the section does not depend on it."""
    try:
        return _budget_burnt(found, situation), ""
    except (NoCountsError, ClientError, BotoCoreError) as error:
        return {}, one_line(str(error))


def _budget_burnt(found: Sequence[Incident], situation: Situation) -> dict[int, str]:
    """By an incident's number, the share of thirty days' budget for failed requests that its time took.

    The budget is that of the thirty days up to the review's end.  Incidents that overlap count the same requests each.
    """
    promise = Objective.from_json(situation.settings.promises[0])
    cloudwatch, span = situation.client("cloudwatch"), situation.span
    end = _rounded_up(span.until)
    by_day = read_counts(cloudwatch, [promise], span.days[-1] + _DAY, _BUDGET_OF, _DAY)[promise]
    allowed = sum(by_day.events) * promise.budget
    if not allowed:
        return dict.fromkeys((each.number for each in found), "no request")
    start = end - -((span.since - end) // PERIOD) * PERIOD
    counts = read_counts(cloudwatch, [promise], end, end - start, PERIOD)[promise]

    def burnt(incident: Incident) -> float:
        first = max((incident.opened_at - start) // PERIOD, 0)
        last = ((incident.resolved_at or situation.at) - start) // PERIOD
        return sum(counts.bad[first : last + 1]) / allowed

    return {each.number: f"{number(100 * burnt(each))} %" for each in found}


def _rounded_up(at: datetime) -> datetime:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return epoch - ((epoch - at) // PERIOD) * PERIOD


INCIDENTS = Section(
    "incidents", "Incidents", _look, lambda situation: "" if situation.settings.on_call else "nobody is on call"
)
