"""The environment's alarms, as checks look at them: whether they watch, at which threshold, and whom they notify."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from lambdas.checklist.check import Outcome, Reads, Situation, failed, passed
from lambdas.checklist.phrases import listed
from lambdas.error_budget.objective import Series
from lambdas.shared.alarms import described_alarms
from lambdas.vocabulary.alarm_description import AlarmDescription
from lambdas.vocabulary.checklist import Seen

LONGEST_WITHOUT_DATA: Final = timedelta(days=1)
"""An alarm that has had no data for longer measures nothing."""
READS: Final = Reads(("cloudwatch:DescribeAlarms",), because="A listing of alarms takes no narrower resource.")
_NO_DATA: Final = "INSUFFICIENT_DATA"


@dataclass(frozen=True)
class Alarm:
    name: str
    """At AWS."""
    thing: str
    """The same without service and environment, such as `api-error-rate`."""
    state: str
    since: datetime
    described: AlarmDescription
    actions: tuple[str, ...]
    """ARNs of topics."""
    enabled: bool
    """Whether they are sent anything."""
    rule: str
    """Of a composite alarm; empty of others."""
    threshold: float | None
    comparison: str
    seconds: int
    """The period of the metric."""
    breaches: int
    periods: int
    series: tuple[Series, ...]
    """What is measured, formulas left out."""

    @property
    def seen(self) -> Seen:
        threshold = "" if self.threshold is None else f"{self.comparison} {self.threshold:g}, "
        periods = f"{self.breaches} of {self.periods} periods of {self.seconds} s, " if self.seconds else ""
        return Seen(self.name, f"{threshold}{periods}{self.state} since {self.since:%Y-%m-%d %H:%M} UTC")


@dataclass(frozen=True)
class Wanted:
    """An alarm that must be there, by its name without service and environment."""

    thing: str
    is_right: Callable[[Alarm], bool]
    must: str
    """What `is_right` asks, such as `alarm above 80 or less`."""


def alarms_of(situation: Situation) -> Mapping[str, Alarm]:
    """Those of the environment by `thing`; others whose names begin alike are left out.  Raises UnreadableError."""
    start = len(situation.name(""))
    found: Iterable[Alarm] = situation.account.read(
        "cloudwatch",
        "the alarms of the environment",
        lambda cloudwatch: tuple(
            filter(None, (_alarm(each, start) for each in described_alarms(cloudwatch, situation.here)))
        ),
    )
    return {alarm.thing: alarm for alarm in found}


def judge(situation: Situation, *wanted: Wanted) -> Outcome:
    """Whether each is there, watches as it must, and notifies somebody."""
    alarms = alarms_of(situation)
    found = [alarms[each.thing] for each in wanted if each.thing in alarms]
    faults = [fault for each in wanted if (fault := _fault(situation, alarms, each))]
    seen = tuple(alarm.seen for alarm in found)
    if faults:
        return failed("; ".join(faults), *seen)
    return passed(listed(f"{each.resource}: {each.value}" for each in seen), *seen)


def silent(alarm: Alarm, alarms: Mapping[str, Alarm], at: datetime) -> str:
    """Why nobody would be notified by it, in a few words after its name; empty where somebody would."""
    if not alarm.enabled:
        return "has its actions disabled"
    if alarm.state == _NO_DATA and at - alarm.since > LONGEST_WITHOUT_DATA:
        return f"has had no data since {alarm.since:%Y-%m-%d %H:%M} UTC"
    if not (alarm.actions or any(_delivers(other, alarm) for other in alarms.values())):
        return "notifies nobody: it has no action"
    return ""


def _delivers(composite: Alarm, part: Alarm) -> bool:
    """Whether the rule of `composite` names `part`, by its name or its ARN, with or without quotes."""
    named = re.search(rf'[":(]{re.escape(part.name)}[")]', composite.rule)
    return composite.enabled and bool(composite.actions) and named is not None


def _fault(situation: Situation, alarms: Mapping[str, Alarm], wanted: Wanted) -> str:
    name, alarm = situation.name(wanted.thing), alarms.get(wanted.thing)
    if alarm is None:
        return f"there is no alarm {name}"
    if why := silent(alarm, alarms, situation.at):
        return f"{name} {why}"
    if not wanted.is_right(alarm):
        return f"{name} must {wanted.must} (it is {alarm.seen.value})"
    return ""


def _alarm(found: Mapping[str, Any], start: int) -> Alarm | None:
    described = AlarmDescription.from_text(found.get("AlarmDescription", ""))
    if described is None or described.level is None:
        return None
    queries = found.get("Metrics", ())
    measured = [query["MetricStat"] for query in queries if "MetricStat" in query]
    periods = int(found.get("EvaluationPeriods", 0))
    return Alarm(
        name=found["AlarmName"],
        thing=found["AlarmName"][start:],
        state=found["StateValue"],
        since=found.get("StateTransitionedTimestamp") or found["StateUpdatedTimestamp"],
        described=described,
        actions=tuple(found.get("AlarmActions", ())),
        enabled=bool(found.get("ActionsEnabled", True)),
        rule=found.get("AlarmRule", ""),
        threshold=found.get("Threshold"),
        comparison=_COMPARISONS.get(found.get("ComparisonOperator", ""), found.get("ComparisonOperator", "")),
        seconds=int(found.get("Period") or max((stat["Period"] for stat in measured), default=0)),
        breaches=int(found.get("DatapointsToAlarm") or periods),
        periods=periods,
        series=tuple(_series(found, measured)),
    )


_COMPARISONS: Final = {
    "GreaterThanThreshold": "above",
    "GreaterThanOrEqualToThreshold": "at or above",
    "LessThanThreshold": "below",
    "LessThanOrEqualToThreshold": "at or below",
}


def _series(found: Mapping[str, Any], measured: Iterable[Mapping[str, Any]]) -> Iterable[Series]:
    if "MetricName" in found:
        yield _one(found, found.get("Statistic") or found.get("ExtendedStatistic", ""))
    for stat in measured:
        yield _one(stat["Metric"], stat["Stat"])


def _one(metric: Mapping[str, Any], statistic: str) -> Series:
    dimensions = {each["Name"]: each["Value"] for each in metric.get("Dimensions", ())}
    return Series.of(metric["Namespace"], metric["MetricName"], statistic, dimensions)
