"""The database's slow statements, and how they changed from the beginning of the time to its end.

The database check logs the counters of `pg_stat_statements`, which grow until somebody resets them: of two such lines,
the difference is what happened between them.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from lambdas.review.own_log import Line, first_line, newest_line
from lambdas.review.section import Figure, Found, Section, Situation, UnknownError
from lambdas.shared.documents.document import Table, Text
from lambdas.shared.lines import one_line
from lambdas.shared.quantities import counted, moment, rounded, seconds_taken
from lambdas.shared.texts import cut
from lambdas.vocabulary.reviews import State

CHECK: Final = "slow_statements"
SLOWER: Final = 1.2
"""So many times as slow as before is worth a look."""
_MESSAGE: Final = "database checked"
_LATE: Final = timedelta(minutes=2)
_SHOWN: Final = 160

Statement = Mapping[str, Any]


def _look(situation: Situation) -> Found:
    at, last = _line_at_end(situation)
    if reason := _reason_not_measured(last):
        raise UnknownError(f"the database check cannot list them: {reason}")
    now = list(last.get("measurements", {}).get(CHECK) or ())
    before = _at_beginning(situation)
    slower = [each for each in now if _is_slower(each, before)]
    source = f"log of database_check, {moment(at)}: pg_stat_statements"
    return Found(
        State.ATTENTION if slower else (State.NOTED if now else State.GOOD),
        _summary(now, slower),
        (Figure("slow_statements", "Slow statements", len(now), str(len(now)), source),),
        (Table(_HEADINGS, tuple(_row(each, before) for each in now)), _note(before)) if now else (),
    )


def _reason_not_measured(line: Line) -> str:
    ungranted = (grant for grant, checks in line.get("missing_grants", {}).items() if CHECK in checks)
    return str(line.get("absent", {}).get(CHECK) or next(ungranted, ""))


_HEADINGS: Final = ("Statement", "Calls since", "Mean before", "Mean since", "Longest ever")


def _line_at_end(situation: Situation) -> tuple[datetime, Line]:
    until = situation.span.until
    back = 2 * situation.settings.database_check_interval + _LATE
    found = newest_line(situation.client("logs"), _log(situation), _MESSAGE, until - back, until)
    if found is None:
        raise UnknownError(
            f"the database check did not end in the time before {moment(until)} (runbook database-trouble)"
        )
    return found


def _at_beginning(situation: Situation) -> dict[str, Statement] | None:
    """By id; None where the log does not reach back so far."""
    since = situation.span.since
    back = 2 * situation.settings.database_check_interval + _LATE
    found = first_line(situation.client("logs"), _log(situation), _MESSAGE, since, since + back)
    if found is None:
        return None
    return {str(each.get("id")): each for each in found[1].get("measurements", {}).get(CHECK) or ()}


def _log(situation: Situation) -> str:
    return situation.here.log_of("database_check")


def _summary(now: list[Statement], slower: list[Statement]) -> str:
    if not now:
        return "no statement is slow"
    worst = max(now, key=lambda each: each["total_milliseconds"])
    said = f"{counted(len(now), 'slow statement')}, the worst {_time(worst['mean_milliseconds'])} on average"
    return f"{said}; {len(slower)} slower than before" if slower else said


def _is_slower(statement: Statement, before: dict[str, Statement] | None) -> bool:
    earlier, since = _earlier(statement, before), _mean_since(statement, before)
    return earlier is not None and since is not None and since > SLOWER * earlier["mean_milliseconds"]


def _earlier(statement: Statement, before: dict[str, Statement] | None) -> Statement | None:
    """None also where the counters were reset since."""
    earlier = (before or {}).get(str(statement.get("id")))
    return earlier if earlier and earlier["calls"] <= statement["calls"] else None


def _calls_since(statement: Statement, before: dict[str, Statement] | None) -> float:
    earlier = _earlier(statement, before)
    calls: float = statement["calls"] - (earlier["calls"] if earlier else 0)
    return calls


def _mean_since(statement: Statement, before: dict[str, Statement] | None) -> float | None:
    earlier, calls = _earlier(statement, before), _calls_since(statement, before)
    total: float = statement["total_milliseconds"] - (earlier["total_milliseconds"] if earlier else 0)
    return total / calls if calls else None


def _row(statement: Statement, before: dict[str, Statement] | None) -> tuple[str, ...]:
    earlier, since = _earlier(statement, before), _mean_since(statement, before)
    return (
        cut(one_line(str(statement["statement"])), _SHOWN),
        rounded(_calls_since(statement, before)),
        _time(earlier["mean_milliseconds"]) if earlier else "not listed",
        _time(since) if since is not None else "not called",
        _time(statement["longest_milliseconds"]),
    )


def _note(before: dict[str, Statement] | None) -> Text:
    if before is None:
        return Text("The log does not reach back to the beginning: “since” is since the counters were reset.")
    return Text(
        "“Before” is from the last reset of the counters to the beginning of this review, “since” its own time."
    )


def _time(milliseconds: float) -> str:
    return seconds_taken(milliseconds / 1000)


SLOW_STATEMENTS = Section("slow_statements", "Slow statements", _look)
