"""The environment's alarms as they are now, and what may be wrong with one: asked once for all checks."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from lambdas.checklist import arns
from lambdas.checklist.check import Outcome, Reads, Situation, failed, passed
from lambdas.error_budget.objective import Series
from lambdas.shared.quantities import counted, duration, number
from lambdas.vocabulary.alarm_description import AlarmDescription
from lambdas.vocabulary.checklist import Seen

SILENT: Final = timedelta(days=1)
"""So long without data, and an alarm measures nothing."""
_COMPARISONS: Final = {
    "GreaterThanThreshold": "above",
    "GreaterThanOrEqualToThreshold": "at or above",
    "LessThanThreshold": "below",
    "LessThanOrEqualToThreshold": "at or below",
}
_GONE: Final = ("NotFound", "NotFoundException")
_NO_DATA: Final = "INSUFFICIENT_DATA"

READS_TOPICS: Final = Reads(
    ("sns:ListSubscriptionsByTopic",),
    arns.of_topic("alerts-*"),
    because="The topics of the levels, to which alarms are sent.",
)
READS: Final = (
    Reads(
        ("cloudwatch:DescribeAlarms",),
        because="CloudWatch shows composite alarms only to those who may see all; it reads only.",
    ),
    READS_TOPICS,
)


@dataclass(frozen=True)
class Alarm:
    name: str
    state: str
    since: datetime | None
    """When it came into this state."""
    actions: tuple[str, ...]
    """The ARNs of what it notifies; none while its actions are disabled."""
    enabled: bool
    threshold: float | None = None
    """None of a composite alarm."""
    metric: str = ""
    dimensions: Mapping[str, str] = field(default_factory=dict)
    rule: str = ""
    """Of a composite alarm."""
    comparison: str = ""
    """`above`, `below`, or a word of CloudWatch's own."""
    period: timedelta = timedelta()
    breaches: int = 0
    """So many of `periods` must be beyond the threshold."""
    periods: int = 0
    series: tuple[Series, ...] = ()
    """What is measured, its formula left out."""
    described: AlarmDescription = field(default_factory=AlarmDescription)

    @property
    def seen(self) -> Seen:
        limit = f", {self.comparison} {number(self.threshold)}" if self.threshold is not None else ""
        when = f" in {self.breaches} of {self.periods} periods of {duration(self.period)}" if self.period else ""
        return Seen(self.name, f"{self.state}{limit}{when}")

    def is_part_of(self, other: "Alarm") -> bool:
        """`other` is a composite alarm whose rule names it, by its name or its ARN."""
        return f'"{self.name}"' in other.rule or f':{self.name}"' in other.rule


def alarms_of(situation: Situation) -> Mapping[str, Alarm]:
    """By their names at AWS; raises UnreadableError."""
    found: Mapping[str, Alarm] = situation.account.read(
        "cloudwatch", "the environment's alarms", lambda cloudwatch: _all(cloudwatch, situation.name(""))
    )
    return found


def outcome_of(situation: Situation, names: Iterable[str]) -> Outcome:
    """Whether the alarms of these full names are there, are measured and notify somebody."""
    wanted = [situation.name(name) for name in names]
    troubles = [trouble for name in wanted if (trouble := trouble_of(situation, name))]
    alarms = alarms_of(situation)
    seen = [alarms[name].seen for name in wanted if name in alarms]
    if troubles:
        return failed("; ".join(troubles), *seen)
    return passed(f"{counted(len(wanted), 'alarm')} with subscribers: {', '.join(wanted)}", *seen)


def trouble_of(situation: Situation, name: str) -> str:
    """What is wrong with the alarm of this name at AWS, or with all composite alarms that deliver for it."""
    alarms = alarms_of(situation)
    alarm = alarms.get(name)
    if alarm is None:
        return f"{name} is missing"
    if alarm.state == _NO_DATA and alarm.since and situation.at - alarm.since > SILENT:
        return f"{name} has had no data for {duration(situation.at - alarm.since)}"
    deliverers = [each for each in (alarm, *filter(alarm.is_part_of, alarms.values())) if each.actions]
    if not deliverers:
        return f"{name} {'notifies nobody' if alarm.enabled else 'has its actions disabled'}"
    reasons = [_not_delivering(situation, each) for each in deliverers]
    return "" if "" in reasons else reasons[0]


def _not_delivering(situation: Situation, alarm: Alarm) -> str:
    """Why nobody is notified by any of its topics."""
    topics = [action for action in alarm.actions if ":sns:" in action]
    if any(confirmed(subscriptions_of(situation, topic)) for topic in topics):
        return ""
    named = ", ".join(topic.rpartition(":")[2] for topic in topics) or "no topic"
    return f"{alarm.name} notifies {named}, to which nobody is subscribed"


def subscriptions_of(situation: Situation, topic: str) -> tuple[Mapping[str, Any], ...]:
    """Of the topic with this ARN; none where it is gone.  Raises UnreadableError."""
    return situation.account.pages("sns", "list_subscriptions_by_topic", "Subscriptions", absent=_GONE, TopicArn=topic)


def confirmed(subscriptions: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [each for each in subscriptions if str(each.get("SubscriptionArn", "")).startswith("arn:")]


def _all(cloudwatch: Any, prefix: str) -> dict[str, Alarm]:
    pages = cloudwatch.get_paginator("describe_alarms").paginate(
        AlarmNamePrefix=prefix, AlarmTypes=["MetricAlarm", "CompositeAlarm"]
    )
    found = (alarm for page in pages for kind in ("MetricAlarms", "CompositeAlarms") for alarm in page.get(kind, ()))
    return {alarm["AlarmName"]: _alarm(alarm) for alarm in found}


def _alarm(found: Mapping[str, Any]) -> Alarm:
    enabled = bool(found.get("ActionsEnabled", True))
    measured = [query["MetricStat"] for query in found.get("Metrics", ()) if "MetricStat" in query]
    periods = int(found.get("EvaluationPeriods", 0))
    comparison = str(found.get("ComparisonOperator", ""))
    return Alarm(
        name=found["AlarmName"],
        state=str(found.get("StateValue", "")),
        since=found.get("StateTransitionedTimestamp") or found.get("StateUpdatedTimestamp"),
        actions=tuple(found.get("AlarmActions", ())) if enabled else (),
        enabled=enabled,
        threshold=found.get("Threshold"),
        metric=str(found.get("MetricName", "")),
        dimensions={each["Name"]: each["Value"] for each in found.get("Dimensions", ())},
        rule=str(found.get("AlarmRule", "")),
        comparison=_COMPARISONS.get(comparison, comparison),
        period=timedelta(seconds=found.get("Period") or max((stat["Period"] for stat in measured), default=0)),
        breaches=int(found.get("DatapointsToAlarm") or periods),
        periods=periods,
        series=tuple(_series(found, measured)),
        described=AlarmDescription.from_text(str(found.get("AlarmDescription", ""))) or AlarmDescription(),
    )


def _series(found: Mapping[str, Any], measured: Iterable[Mapping[str, Any]]) -> Iterator[Series]:
    if "MetricName" in found:
        yield _one(found, str(found.get("Statistic") or found.get("ExtendedStatistic", "")))
    for stat in measured:
        yield _one(stat["Metric"], stat["Stat"])


def _one(metric: Mapping[str, Any], statistic: str) -> Series:
    dimensions = {each["Name"]: each["Value"] for each in metric.get("Dimensions", ())}
    return Series.of(metric.get("Namespace", ""), metric["MetricName"], statistic, dimensions)
