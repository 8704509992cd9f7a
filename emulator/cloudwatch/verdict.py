"""The state of an alarm from the points in its evaluation range.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from emulator.cloudwatch.condition import Condition, Missing, Point, State
from emulator.cloudwatch.window import Window


@dataclass(frozen=True)
class Verdict:
    """`state` None: it stays as it is. `evaluated` are the real points that counted, newest first."""

    state: State | None
    reason: str
    evaluated: tuple[Point, ...]


def judge(condition: Condition, window: Window, points: Mapping[int, Point]) -> Verdict:
    """Real points count first, however old within the range; what is missing then is filled in as configured."""
    newest_first = [points[start] for start in reversed(window.starts) if start in points]
    evaluated = newest_first[: condition.evaluation_periods]
    lacking = condition.evaluation_periods - len(evaluated)
    state = _state(condition, window, evaluated, lacking)
    return Verdict(state, _reason(condition, state, evaluated, lacking), tuple(evaluated))


def _state(condition: Condition, window: Window, evaluated: Sequence[Point], lacking: int) -> State | None:
    breaching = sum(condition.is_breached_by(point) for point in evaluated)
    if lacking and condition.missing == Missing.BREACHING:
        breaching += lacking
    if breaching >= condition.datapoints_to_alarm:
        return State.ALARM
    if not lacking or condition.missing in (Missing.BREACHING, Missing.NOT_BREACHING):
        return State.OK
    if breaching < len(evaluated):
        return State.OK
    if condition.missing == Missing.IGNORE:
        return None
    return State.ALARM if _is_mature(condition, window, evaluated) else State.INSUFFICIENT_DATA


def _is_mature(condition: Condition, window: Window, breaching: Sequence[Point]) -> bool:
    """Nothing but breaching points is there, and the oldest is as old as the points that an alarm takes.

    A younger one would be a premature alarm: the next point may be a good one.
    """
    if not breaching:
        return False
    age = len(window.starts) - window.starts.index(breaching[-1].start)
    return age >= condition.datapoints_to_alarm


def _reason(condition: Condition, state: State | None, evaluated: Sequence[Point], lacking: int) -> str:
    if state in (None, State.INSUFFICIENT_DATA):
        unknown = lacking or condition.evaluation_periods
        return f"Insufficient Data: {_counted(unknown)} {_was(unknown)} unknown."
    treated = {Missing.BREACHING: "Breaching", Missing.NOT_BREACHING: "NonBreaching"}.get(condition.missing)
    filled = f"{lacking} missing {_counted(lacking, bare=True)} {_was(lacking)} treated as [{treated}]"
    if not evaluated:
        periods = f"{lacking} period{'s' if lacking > 1 else ''}"
        return f"Threshold Crossed: no datapoints were received for {periods} and {filled}."
    named = [point for point in evaluated if condition.is_breached_by(point) == (state == State.ALARM)]
    if not named:
        return f"Threshold Crossed: {filled}."
    crossed = _crossed(condition, state == State.ALARM, named)
    return f"{crossed[:-1]} and {filled}." if lacking and treated else crossed


def _crossed(condition: Condition, alarm: bool, named: Sequence[Point]) -> str:
    values = ", ".join(
        f"{point.value} ({datetime.fromtimestamp(point.start, UTC):%d/%m/%y %H:%M:%S})" for point in named
    )
    needed = (
        condition.datapoints_to_alarm if alarm else condition.evaluation_periods - condition.datapoints_to_alarm + 1
    )
    change = "OK -> ALARM" if alarm else "ALARM -> OK"
    return (
        f"Threshold{'s' if condition.watches_band else ''} Crossed: {len(named)} out of the last "
        f"{condition.evaluation_periods} datapoints [{values}] {_was(len(named))} {'' if alarm else 'not '}"
        f"{condition.words(named)} (minimum {_counted(needed)} for {change} transition)."
    )


def _clock(epoch: int) -> str:
    return f"{datetime.fromtimestamp(epoch, UTC):%d/%m/%y %H:%M:%S}"


def _counted(count: int, *, bare: bool = False) -> str:
    word = "datapoint" if count == 1 else "datapoints"
    return word if bare else f"{count} {word}"


def _was(count: int) -> str:
    return "was" if count == 1 else "were"
