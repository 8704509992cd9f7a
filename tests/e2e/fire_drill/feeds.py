"""Where the data of an alarm comes from, written onto the account as its producer writes it.

Three kinds of producer: a function of ours, whose line in the embedded metric format goes to its log; a metric filter,
which gets the log lines that it is made for; and AWS itself, of which the documentation is all that there is.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from tests.e2e.fire_drill.alarms import MetricAlarm, Watched
from tests.e2e.fire_drill.aws_metrics import DOCUMENTED
from tests.producers import Emission

LINES_AT_ONCE, VALUES_AT_ONCE = 5000, 500
BEYOND = 1.5
"""How far beyond a threshold AWS's metrics go in the drill."""

Lines = Callable[[datetime], Iterable[str]]


@dataclass
class Paper:
    """Collects what is to be written, because one request for each value would take minutes."""

    client: Callable[[str], Any]
    _lines: dict[str, list[tuple[datetime, str]]] = field(default_factory=lambda: defaultdict(list))
    _values: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))

    def line(self, group: str, at: datetime, text: str) -> None:
        self._lines[group].append((at, text))

    def value(self, watched: Watched, at: datetime, value: float, unit: str) -> None:
        dimensions = [{"Name": name, "Value": of} for name, of in watched.dimensions]
        datum = {"MetricName": watched.name, "Dimensions": dimensions, "Timestamp": at, "Value": value, "Unit": unit}
        self._values[watched.namespace].append(datum)

    def write(self) -> None:
        logs, cloudwatch = self.client("logs"), self.client("cloudwatch")
        for group, lines in self._lines.items():
            stream = {"logGroupName": group, "logStreamName": f"fire-drill-{min(lines)[0]:%d}"}
            logs.create_log_stream(**stream)
            events = [{"timestamp": int(at.timestamp() * 1000), "message": text} for at, text in sorted(lines)]
            for some in _batches(events, LINES_AT_ONCE):
                logs.put_log_events(**stream, logEvents=some)
        for namespace, values in self._values.items():
            for some in _batches(values, VALUES_AT_ONCE):
                cloudwatch.put_metric_data(Namespace=namespace, MetricData=some)


def _batches(items: list[Any], size: int) -> Iterable[list[Any]]:
    return (items[start : start + size] for start in range(0, len(items), size))


class Feed(Protocol):
    """Data of one moment, when all is well and at its worst."""

    def good(self, paper: Paper, at: datetime) -> None: ...

    def worst(self, paper: Paper, at: datetime) -> None: ...


@dataclass(frozen=True)
class EmittedFeed:
    """A function of ours; `group` is its log group."""

    emission: Emission
    group: str

    def good(self, paper: Paper, at: datetime) -> None:
        if self.emission.good is not None:
            paper.line(self.group, at, self._line(at, self.emission.good))

    def worst(self, paper: Paper, at: datetime) -> None:
        if self.emission.worst is not None:
            paper.line(self.group, at, self._line(at, self.emission.worst))

    def _line(self, at: datetime, value: float) -> str:
        """https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html"""
        emission = self.emission
        directive = {
            "Namespace": emission.namespace,
            "Dimensions": [list(emission.dimensions)],
            "Metrics": [{"Name": emission.metric, "Unit": emission.unit}],
        }
        about = {"Timestamp": int(at.timestamp() * 1000), "CloudWatchMetrics": [directive]}
        return json.dumps({"_aws": about, **emission.dimensions, emission.metric: value})


@dataclass(frozen=True)
class LoggedFeed:
    """A log whose lines metric filters count."""

    group: str
    good_lines: Lines
    worst_lines: Lines

    def good(self, paper: Paper, at: datetime) -> None:
        for line in self.good_lines(at):
            paper.line(self.group, at, line)

    def worst(self, paper: Paper, at: datetime) -> None:
        for line in self.worst_lines(at):
            paper.line(self.group, at, line)


@dataclass(frozen=True)
class AwsFeed:
    """A metric of AWS's own, in its documented unit; the values are on this and on that side of the thresholds."""

    watched: Watched
    good_value: float
    worst_value: float

    @classmethod
    def of(cls, watched: Watched, alarms: Iterable[MetricAlarm]) -> "AwsFeed":
        thresholds = [(alarm.threshold, alarm.fires_above) for alarm in alarms]
        highest = DOCUMENTED[watched.namespace, watched.name].highest
        largest, above = max(threshold for threshold, _ in thresholds), thresholds[0][1]
        if above:
            return cls(watched, 0.0, min(BEYOND * largest + 1, highest))
        return cls(watched, min(BEYOND * largest + 1, highest), 0.0)

    def good(self, paper: Paper, at: datetime) -> None:
        paper.value(self.watched, at, self.good_value, self._unit)

    def worst(self, paper: Paper, at: datetime) -> None:
        paper.value(self.watched, at, self.worst_value, self._unit)

    @property
    def _unit(self) -> str:
        return DOCUMENTED[self.watched.namespace, self.watched.name].unit
