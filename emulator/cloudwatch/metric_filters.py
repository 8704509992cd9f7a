"""Log lines to metric data, as the metric filters of CloudWatch Logs make them.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/MonitoringLogData.html
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from emulator.cloudwatch import log_patterns
from emulator.cloudwatch.errors import PatternError
from emulator.cloudwatch.log_patterns.match import NUMBER, Found, number, written

MOST_DIMENSIONS = 3
_MINUTE = 60
_FIELD = re.compile(r"\$\w+|\$[.\[].+")


@dataclass(frozen=True)
class Transformation:
    """How a matching line becomes a datum of a metric; `default` for a minute of lines without a match."""

    namespace: str
    name: str
    value: str
    default: float | None = None
    dimensions: Mapping[str, str] = field(default_factory=dict)
    unit: str = "None"

    @classmethod
    def of(cls, described: Mapping[str, Any]) -> "Transformation":
        default = described.get("defaultValue")
        return cls(
            described["metricNamespace"],
            described["metricName"],
            str(described["metricValue"]),
            None if default is None else float(default),
            described.get("dimensions") or {},
            described.get("unit") or "None",
        )

    def refusal(self) -> str | None:
        """Why CloudWatch Logs does not take it, None when it does."""
        if not (NUMBER.fullmatch(self.value) or _FIELD.fullmatch(self.value)):
            return f"metricValue must be a number or the selector of a field, not {self.value}"
        if len(self.dimensions) > MOST_DIMENSIONS:
            return f"a metric transformation has at most {MOST_DIMENSIONS} dimensions, not {len(self.dimensions)}"
        if self.dimensions and self.default is not None:
            return "a metric transformation with dimensions cannot have a default value"
        if bad := [value for value in self.dimensions.values() if not _FIELD.fullmatch(value)]:
            return f"a dimension's value must be the selector of a field, not {bad[0]}"
        return None

    def datum(self, found: Found, moment: float) -> "Datum | None":
        """What a line that matched gives; None when it lacks the value or a dimension."""
        value = number(self.value if NUMBER.fullmatch(self.value) else found.value(self.value))
        dimensions = {name: found.value(selector) for name, selector in self.dimensions.items()}
        if value is None or any(isinstance(it, dict | list | None) or it == "" for it in dimensions.values()):
            return None
        return Datum(self, moment, value, {name: written(it) for name, it in dimensions.items()})


@dataclass(frozen=True)
class Datum:
    transformation: Transformation
    moment: float
    value: float
    dimensions: Mapping[str, str] = field(default_factory=dict)


def data_of(
    pattern: str, transformations: Sequence[Transformation], lines: Sequence[tuple[float, str]]
) -> Iterator[Datum]:
    """The data that lines (epoch second and text) become; a minute's default stands at its start."""
    matches = log_patterns.read(pattern)
    found = [(moment, match) for moment, line in lines if (match := matches(line))]
    silent = {_minute(moment) for moment, _ in lines} - {_minute(moment) for moment, _ in found}
    for transformation in transformations:
        for moment, match in found:
            if datum := transformation.datum(match, moment):
                yield datum
        if transformation.default is not None:
            yield from (Datum(transformation, minute, transformation.default) for minute in sorted(silent))


def _minute(moment: float) -> float:
    return moment // _MINUTE * _MINUTE


def refusal(pattern: str, transformations: Sequence[Transformation]) -> str | None:
    """Why CloudWatch Logs does not take a metric filter, None when it does."""
    try:
        log_patterns.read(pattern)
    except PatternError as error:
        return str(error)
    if len(transformations) != 1:
        return f"a metric filter has exactly one metric transformation, not {len(transformations)}"
    return transformations[0].refusal()
