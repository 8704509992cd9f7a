"""What is promised, and the counts that measure it: written by the stack, read by the function."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Self

from lambdas.vocabulary.codec import JsonDocument


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
class Objective(JsonDocument):
    """So many percent of `events` are good; the good ones are counted, or the bad ones are."""

    JSON_FORMAT: ClassVar[Mapping[str, Any]] = {"separators": (",", ":")}

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
