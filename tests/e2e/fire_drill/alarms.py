"""Alarms as the account describes them, in the words of the drill."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from lambdas.vocabulary.alarm_description import AlarmDescription
from lambdas.vocabulary.names import physical_name

EXTRA_PERIODS = 2
"""Beyond an alarm's own periods CloudWatch looks at older data, and at missing data only when there is none there."""
STATE_IN_SILENCE = {"breaching": "ALARM", "notBreaching": "OK", "ignore": "OK", "missing": "INSUFFICIENT_DATA"}
"""Of an alarm that was OK when its data ended."""


@dataclass(frozen=True)
class Watched:
    """A metric as an alarm names it."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    unit: str | None = None
    """Only data in this unit counts; any, where the alarm names none."""

    def __str__(self) -> str:
        subject = ", ".join(f"{name}={value}" for name, value in self.dimensions)
        return f"{self.namespace} {self.name} of {subject or 'nothing'}"


@dataclass(frozen=True)
class Alarm:
    """As `describe_alarms` answers."""

    described: Mapping[str, Any]

    @property
    def name(self) -> str:
        return self.described["AlarmName"]

    @property
    def level(self) -> str:
        return AlarmDescription.from_text(self.described["AlarmDescription"]).level

    @property
    def title(self) -> str:
        """What a message calls it."""
        return AlarmDescription.from_text(self.described["AlarmDescription"]).meaning.removesuffix(".")


class MetricAlarm(Alarm):
    @property
    def sends(self) -> bool:
        """Whether it sends messages itself; a part of a composite alarm does not."""
        return bool(self.described["AlarmActions"])

    @property
    def metrics(self) -> tuple[Watched, ...]:
        if "MetricName" in self.described:
            return (_watched(self.described, self.described.get("Unit")),)
        stats = [query["MetricStat"] for query in self.described["Metrics"] if "MetricStat" in query]
        return tuple(_watched(stat["Metric"], stat.get("Unit")) for stat in stats)

    @property
    def rules(self) -> tuple[str, ...]:
        """Rules of Contributor Insights that it looks at."""
        expressions = [query.get("Expression", "") for query in self.described.get("Metrics", ())]
        return tuple(re.findall(r"INSIGHT_RULE_METRIC\('([^']+)'", " ".join(expressions)))

    @property
    def has_band(self) -> bool:
        return "ThresholdMetricId" in self.described

    @property
    def threshold(self) -> float:
        return self.described["Threshold"]

    @property
    def fires_above(self) -> bool:
        return self.described["ComparisonOperator"].startswith("Greater")

    @property
    def alarms_on_silence(self) -> bool:
        """Whether it counts what comes: nothing is then the worst that can be."""
        return not self.fires_above and self.described.get("Statistic") == "SampleCount"

    @property
    def period(self) -> timedelta:
        stats = [query["MetricStat"] for query in self.described.get("Metrics", ()) if "MetricStat" in query]
        periods = [
            query["Period"] for query in [self.described, *self.described.get("Metrics", ())] if "Period" in query
        ]
        return timedelta(seconds=(periods or [stat["Period"] for stat in stats])[0])

    @property
    def breaches(self) -> int:
        """Bad datapoints that it takes."""
        return self.described.get("DatapointsToAlarm") or self.described["EvaluationPeriods"]

    @property
    def reach(self) -> timedelta:
        """How far back an evaluation may look."""
        return (self.described["EvaluationPeriods"] + EXTRA_PERIODS) * self.period

    @property
    def in_silence(self) -> str:
        return STATE_IN_SILENCE[self.described["TreatMissingData"]]


class CompositeAlarm(Alarm):
    @property
    def parts(self) -> frozenset[str]:
        """The alarms that set it off."""
        named = re.findall(r'ALARM\("?([^")]+)"?\)', self.described["AlarmRule"])
        return frozenset(name.rpartition(":")[2] for name in named)

    @property
    def suppressor(self) -> str | None:
        return self.described.get("ActionsSuppressor", "").rpartition(":")[2] or None


def alarms_of(cloudwatch: Any) -> tuple[list[MetricAlarm], list[CompositeAlarm]]:
    """Every alarm of the account."""
    pages = cloudwatch.get_paginator("describe_alarms").paginate(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    found: tuple[list[MetricAlarm], list[CompositeAlarm]] = [], []
    for page in pages:
        found[0].extend(map(MetricAlarm, page["MetricAlarms"]))
        found[1].extend(map(CompositeAlarm, page["CompositeAlarms"]))
    return found


def templates_of(stage: Any) -> dict[str, dict[str, Any]]:
    """The templates of the environment's stacks, by stack."""
    formation, prefix = stage.client("cloudformation"), physical_name(stage.environment, "")
    stacks = [
        it["StackName"] for page in formation.get_paginator("describe_stacks").paginate() for it in page["Stacks"]
    ]
    ours = [name for name in stacks if name.startswith(prefix)]
    return {name: formation.get_template(StackName=name)["TemplateBody"] for name in ours}


def names_in(templates: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """The name of every alarm in templates, whoever made it."""
    for template in templates.values():
        for resource in template["Resources"].values():
            if resource["Type"] in ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"):
                yield resource["Properties"]["AlarmName"]


def _watched(metric: Mapping[str, Any], unit: str | None) -> Watched:
    dimensions = sorted((one["Name"], one["Value"]) for one in metric.get("Dimensions", ()))
    return Watched(metric["Namespace"], metric["MetricName"], tuple(dimensions), unit)
