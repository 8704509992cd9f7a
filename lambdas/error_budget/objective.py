"""What is promised, and the counts that measure it: written by the stack, read by the function."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self


class Promise(StrEnum):
    AVAILABILITY = "availability"
    LATENCY = "latency"


@dataclass(frozen=True)
class Series:
    """A metric of CloudWatch and the statistic of it that counts something."""

    namespace: str
    metric: str
    dimensions: tuple[tuple[str, str], ...]
    """Names and values."""
    statistic: str

    @classmethod
    def of(cls, namespace: str, metric: str, statistic: str, dimensions: Mapping[str, str]) -> Self:
        return cls(namespace, str(metric), tuple((str(name), value) for name, value in dimensions.items()), statistic)


@dataclass(frozen=True)
class Objective:
    """So many percent of `events` are good; the good ones are counted, or the bad ones are."""

    promise: Promise
    seen_by: str
    """Whose events they are: `api`, or `probes` of an endpoint."""
    percent: float
    events: tuple[Series, ...]
    """Their sum is the count of all events."""
    good: tuple[Series, ...] = ()
    bad: tuple[Series, ...] = ()

    @property
    def series(self) -> tuple[Series, ...]:
        return self.events + self.good + self.bad

    @property
    def budget(self) -> float:
        """The share of events that may be bad."""
        return 1 - self.percent / 100

    def to_json(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote; raises ValueError, TypeError or KeyError for anything else."""
        written: dict[str, Any] = json.loads(text)
        counts = {name: tuple(map(_series, written[name])) for name in ("events", "good", "bad")}
        return cls(**{**written, **counts, "promise": Promise(written["promise"])})


def _series(written: Mapping[str, Any]) -> Series:
    dimensions = tuple((name, value) for name, value in written["dimensions"])
    return Series(**{**written, "dimensions": dimensions})
