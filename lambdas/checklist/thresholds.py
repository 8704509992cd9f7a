"""What alarms must be, besides being there: the checklist's own numbers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from lambdas.checklist.alarms import Alarm, alarms_of, outcome_of
from lambdas.checklist.check import Outcome, Situation, failed
from lambdas.shared.quantities import duration, number
from lambdas.vocabulary.checklist import Verdict


@dataclass(frozen=True)
class Threshold:
    """What one alarm must be."""

    name: str
    """Without service and environment."""
    holds: Callable[[Alarm], bool]
    must: str
    """What `holds` asks, such as `alarm above 80 or less`."""


def above(name: str, limit: float, unit: str = "", *, within: timedelta | None = None) -> Threshold:
    """It alarms when its metric passes `limit`, or earlier; and where `within` is given, after that time or earlier."""
    in_time = f" within {duration(within)}" if within else ""
    return Threshold(
        name,
        lambda alarm: _alarms(alarm, "above", within) and alarm.threshold is not None and alarm.threshold <= limit,
        f"alarm above {number(limit)}{unit} or less{in_time}",
    )


def below(name: str, limit: float, unit: str = "") -> Threshold:
    return Threshold(
        name,
        lambda alarm: _alarms(alarm, "below", None) and alarm.threshold is not None and alarm.threshold >= limit,
        f"alarm below {number(limit)}{unit} or more",
    )


def _alarms(alarm: Alarm, comparison: str, within: timedelta | None) -> bool:
    return comparison in alarm.comparison and (within is None or alarm.periods * alarm.period <= within)


def outcome_of_thresholds(situation: Situation, *wanted: Threshold) -> Outcome:
    """Whether each is there, is measured, notifies somebody, and is as it must be."""
    found, alarms = outcome_of(situation, [each.name for each in wanted]), alarms_of(situation)
    wrong = [
        f"{alarm.name} must {each.must} (it is {alarm.seen.value})"
        for each in wanted
        if (alarm := alarms.get(situation.name(each.name))) and not each.holds(alarm)
    ]
    if not wrong:
        return found
    troubles = [found.text] if found.verdict is Verdict.FAIL else []
    return failed("; ".join([*troubles, *wrong]), *found.seen)
