"""The samples that MiniStack keeps, and what only a drill can say: the bands of anomaly alarms."""

from collections.abc import Iterator, Mapping
from typing import Any

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import cloudwatch

from emulator.cloudwatch.samples import Sample

bands = AccountRegionScopedDict()
"""The lower and upper edge of an alarm's anomaly band, by the alarm's name."""


def samples(namespace: str, name: str, dimensions: Mapping[str, str]) -> list[Sample]:
    """Every sample of exactly this metric."""
    points = cloudwatch._metrics.get((namespace, name, cloudwatch._dims_key(dict(dimensions)))) or ()
    return [sample for point in list(points) for sample in samples_of(point)]


def samples_of(point: dict[str, Any]) -> Iterator[Sample]:
    """A point as MiniStack keeps it: a value and how often it was seen, or a statistic set."""
    moment, unit = point["Timestamp"], point.get("Unit") or "None"
    if published := point.get("_stat"):
        low, high, total, count = (
            float(published.get(name, 0)) for name in ("Minimum", "Maximum", "Sum", "SampleCount")
        )
        yield Sample(moment, low, high, total, count, unit)
    else:
        yield Sample.of(moment, point["Value"], unit, float(point.get("Count", 1)))
