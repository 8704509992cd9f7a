"""The Prometheus endpoints that are read, and which of their series become metrics."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

JOB = "job"
"""The partition key of the table that remembers each endpoint's counters."""


class Kind(StrEnum):
    GAUGE = "gauge"
    """Published as it is."""
    COUNTER = "counter"
    """Published as what was added since the scrape before."""
    HISTOGRAM = "histogram"
    """The same for each of its buckets, as one metric that has percentiles."""

    @classmethod
    def of(cls, name: str) -> "Kind":
        """What a series of this name is by Prometheus' naming rules; a histogram's name does not tell."""
        return cls.COUNTER if name.endswith(("_total", "_count", "_sum")) else cls.GAUGE


@dataclass(frozen=True)
class Series:
    """One name of an endpoint's answer; it becomes a metric for each combination of the labels that are kept."""

    name: str
    kind: Kind
    labels: tuple[str, ...] = ()
    """Those that become dimensions; over all others counters and histograms are added up."""
    combinations: int = 10
    """Of values of the kept labels: a series that has more is not published, since each is paid for."""
    alarm_above: float | None = None

    @property
    def most_metrics(self) -> int:
        """That it becomes, and that are paid for."""
        return self.combinations if self.labels else 1

    @property
    def key(self) -> str:
        """Tells it from the same name with other labels."""
        return ",".join((self.name, *self.labels))


@dataclass(frozen=True)
class Source:
    """One Prometheus endpoint."""

    name: str
    url: str
    series: tuple[Series, ...]
    headers: Mapping[str, Any] = field(default_factory=dict)
    """As the environment file writes them: a value, or where a secret one is kept."""
    allow_private: bool = False
    one_process: bool = False
    """Whether one process alone counts there, where the answer does not say when it started."""
    interval_minutes: int = 5
