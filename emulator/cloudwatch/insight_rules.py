"""Contributor Insights: who contributes how much to lines of a log, by rules over JSON lines.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/ContributorInsights-RuleSyntax.html
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from emulator.cloudwatch.log_patterns import json_fields
from emulator.cloudwatch.log_patterns.match import number, written
from emulator.cloudwatch.window import Window

MOST_KEYS, MOST_FILTERS = 4, 4
_SCHEMA = {"Name": "CloudWatchLogRule", "Version": 1}
_Test = Callable[[Any], bool]
_TESTS: dict[str, Callable[[Any], _Test]] = {
    "In": lambda wanted: lambda value: written(value) in wanted,
    "NotIn": lambda wanted: lambda value: written(value) not in wanted,
    "StartsWith": lambda wanted: lambda value: written(value).startswith(tuple(wanted)),
    "GreaterThan": lambda wanted: lambda value: (it := number(value)) is not None and it > wanted,
    "LessThan": lambda wanted: lambda value: (it := number(value)) is not None and it < wanted,
    "EqualTo": lambda wanted: lambda value: number(value) == wanted,
    "NotEqualTo": lambda wanted: lambda value: (it := number(value)) is not None and it != wanted,
}
_MEASURES: dict[str, Callable[[Mapping[Any, float], Sequence[float]], float]] = {
    "UniqueContributors": lambda totals, _values: len(totals),
    "MaxContributorValue": lambda totals, _values: max(totals.values()),
    "SampleCount": lambda _totals, values: len(values),
    "Sum": lambda _totals, values: sum(values),
    "Minimum": lambda _totals, values: min(values),
    "Maximum": lambda _totals, values: max(values),
    "Average": lambda _totals, values: sum(values) / len(values),
}


@dataclass(frozen=True)
class InsightRule:
    """Log groups (`*` at the end of a name means any that begins so), keys and filters of a rule."""

    log_groups: tuple[str, ...]
    keys: tuple[str, ...]
    filters: tuple[Mapping[str, Any], ...]
    value_of: str | None

    def reads(self, log_group: str) -> bool:
        return any(
            log_group.startswith(name[:-1]) if name.endswith("*") else log_group == name for name in self.log_groups
        )

    def points(self, metric: str, window: Window, lines: Iterable[tuple[float, str]]) -> dict[int, float]:
        """The rule's metric in each period that has matching lines (epoch second and text)."""
        if metric not in _MEASURES:
            raise ValueError(f"{metric} is not a metric of Contributor Insights ({', '.join(_MEASURES)})")
        by_start: dict[int, list[tuple[tuple[str, ...], float]]] = {}
        for moment, line in lines:
            contribution = self._contribution(line) if window.starts[0] <= moment < window.end else None
            if contribution:
                by_start.setdefault(window.start_of(moment), []).append(contribution)
        return {start: _measured(metric, found) for start, found in by_start.items()}

    def _contribution(self, line: str) -> tuple[tuple[str, ...], float] | None:
        """Who contributed how much with a line; None when the rule does not count it."""
        document = json_fields.document(line)
        if document is None or not all(_holds(document, each) for each in self.filters):
            return None
        keys = [next(iter(json_fields.find(document, key)), None) for key in self.keys]
        value = number(next(iter(json_fields.find(document, self.value_of)), None)) if self.value_of else 1.0
        if value is None or any(isinstance(key, dict | list | None) for key in keys):
            return None
        return tuple(written(key) for key in keys), value


def _measured(metric: str, found: Sequence[tuple[tuple[str, ...], float]]) -> float:
    totals: dict[tuple[str, ...], float] = {}
    for contributor, value in found:
        totals[contributor] = totals.get(contributor, 0.0) + value
    return float(_MEASURES[metric](totals, [value for _, value in found]))


def _holds(document: Mapping[str, Any], described: Mapping[str, Any]) -> bool:
    values = json_fields.find(document, described["Match"])
    if "IsPresent" in described:
        return bool(values) is described["IsPresent"]
    (sign,) = described.keys() & _TESTS.keys()
    return any(_TESTS[sign](described[sign])(value) for value in values)


def read(definition: str) -> InsightRule:
    """A rule from its JSON; ValueError says what CloudWatch would refuse."""
    rule = json.loads(definition)
    contribution = rule.get("Contribution", {})
    if rule.get("Schema") != _SCHEMA or rule.get("LogFormat") != "JSON":
        raise ValueError(f"only rules with Schema {json.dumps(_SCHEMA)} and LogFormat JSON are computed here")
    keys, filters = contribution.get("Keys", ()), contribution.get("Filters", ())
    if not 1 <= len(keys) <= MOST_KEYS or len(filters) > MOST_FILTERS:
        raise ValueError(f"a rule has 1 to {MOST_KEYS} Keys and at most {MOST_FILTERS} Filters")
    if (rule.get("AggregateOn") == "Sum") != ("ValueOf" in contribution):
        raise ValueError("ValueOf is needed with AggregateOn Sum, and with it only")
    for described in filters:
        if len(described.keys() & {*_TESTS, "IsPresent"}) != 1:
            raise ValueError(f"a filter has exactly one of {', '.join(_TESTS)}, IsPresent: {json.dumps(described)}")
    for selector in (*keys, *(each["Match"] for each in filters)):
        json_fields.check(selector)
    return InsightRule(tuple(rule["LogGroupNames"]), tuple(keys), tuple(filters), contribution.get("ValueOf"))
