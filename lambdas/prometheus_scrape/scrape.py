"""One scrape of Prometheus endpoints: what they say becomes metrics, and what cannot is one line each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from lambdas.prometheus_scrape.emit import Emitter
from lambdas.prometheus_scrape.errors import ScrapeError
from lambdas.prometheus_scrape.exposition import Exposition, read
from lambdas.prometheus_scrape.fetch import Answer, Fetching, fetch_all
from lambdas.prometheus_scrape.increase import increase
from lambdas.prometheus_scrape.measure import Counted, Gauges, measure
from lambdas.prometheus_scrape.sources import Series, Source
from lambdas.prometheus_scrape.state import State
from lambdas.shared.clock import Clock, Deadline, now
from lambdas.shared.observability import logger, publish
from lambdas.vocabulary.codec import encode
from lambdas.vocabulary.metrics import Metric


class Memory(Protocol):
    """Remembers what each endpoint counted; both raise ScrapeError."""

    def load(self, job: str) -> State | None: ...

    def replace(self, job: str, before: State | None, now: State) -> None: ...


@dataclass(frozen=True)
class Scraped:
    job: str
    series: int
    """That were published."""
    faults: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        written: dict[str, Any] = encode(self)
        return written


def scrape(
    environment: str,
    sources: Sequence[Source],
    fetching: Fetching,
    memory: Memory,
    *,
    slot: datetime,
    deadline: Deadline,
    clock: Clock = now,
) -> list[Scraped]:
    """Read, publish and return what came of it, one result for each source.

    Gauges count for `slot`, when the run was due, and so does what was counted until now.
    """
    at = clock()
    answers = fetch_all(sources, fetching, deadline)
    results = [
        _Scrape(source, Emitter(environment, source.name, slot), memory, at).publish(answer)
        for source, answer in zip(sources, answers, strict=True)
    ]
    if faults := sum(len(result.faults) for result in results):
        publish({Metric.SCRAPE_FAULTS: faults}, slot, environment=environment)
    return results


@dataclass
class _Scrape:
    """Of one source."""

    source: Source
    emitter: Emitter
    memory: Memory
    at: datetime
    faults: list[str] = field(default_factory=list)

    def publish(self, answer: Answer | ScrapeError) -> Scraped:
        series = 0
        try:
            found = _exposition(self.source, answer)
            measured = self._measured(found)
            gauges = {one: of for one, of in measured.items() if isinstance(of, Gauges)}
            series += self._publish_gauges(gauges)
            counted = {one: of for one, of in measured.items() if isinstance(of, Counted)}
            series += self._publish_counted(counted, found.started) if counted else 0
        except ScrapeError as reason:
            self._fault(self.source.name, reason)
        return Scraped(self.source.name, series, tuple(self.faults))

    def _measured(self, found: Exposition) -> dict[Series, Gauges | Counted]:
        """Of the series that can be published; a fault of one costs the others nothing."""
        measured: dict[Series, Gauges | Counted] = {}
        for series in self.source.series:
            try:
                measured[series] = measure(series, found)
            except ScrapeError as reason:
                self._fault(f"{self.source.name}, {series.name}", reason)
        return measured

    def _publish_gauges(self, gauges: Mapping[Series, Gauges]) -> int:
        for series, of in gauges.items():
            for combination, values in of.values.items():
                self.emitter.gauge(series, combination, values)
        return len(gauges)

    def _publish_counted(self, counted: Mapping[Series, Counted], started: float | None) -> int:
        """Remembered first and published then: what could not be remembered would be counted twice."""
        before = self.memory.load(self.source.name)
        found = increase(self.source, before, started, self.at, counted)
        self.memory.replace(self.source.name, before, found.state)
        if found.fault:
            raise found.fault
        for series, by_combination in found.added.items():
            for combination, of in by_combination.items():
                self.emitter.added(series, combination, of)
        return sum(bool(of) for of in found.added.values())

    def _fault(self, what: str, reason: ScrapeError) -> None:
        self.faults.append(f"{what}: {reason}")
        logger.warning("not published", job=self.source.name, what=what, reason=str(reason))


def _exposition(source: Source, answer: Answer | ScrapeError) -> Exposition:
    if isinstance(answer, ScrapeError):
        raise answer
    return read(answer, [series.name for series in source.series])
