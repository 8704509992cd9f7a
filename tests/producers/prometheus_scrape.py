"""Scrapes as they end: `scrape` runs, with made-up answers of the endpoints."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from unittest import mock

from lambdas.prometheus_scrape import scrape as scraping
from lambdas.prometheus_scrape.errors import ScrapeError
from lambdas.prometheus_scrape.fetch import Answer
from lambdas.prometheus_scrape.settings import Settings
from lambdas.prometheus_scrape.sources import Kind, Series, Source
from lambdas.prometheus_scrape.state import State
from lambdas.shared.clock import Deadline
from tests.producers import Deployment

NOW = datetime.now(UTC)
STARTED = "process_start_time_seconds 1760000000\n"

Answering = Callable[[Source], Answer | ScrapeError]


class Memory:
    def __init__(self) -> None:
        self.states: dict[str, State] = {}

    def load(self, job: str) -> State | None:
        return self.states.get(job)

    def replace(self, job: str, before: State | None, now: State) -> None:
        self.states[job] = now


def good(deployment: Deployment) -> None:
    _run(deployment, lambda source: _answer(source, counted=0), lambda source: _answer(source, counted=1))


def worst(deployment: Deployment) -> None:
    """Far above every limit; and one that does not answer at all."""
    _run(deployment, lambda source: _answer(source, counted=0), lambda source: _answer(source, counted=1e9, large=True))
    _run(deployment, lambda _: ScrapeError("it does not accept connections"))


def _run(deployment: Deployment, *answering: Answering) -> None:
    settings = Settings.from_environment(deployment.variables["prometheus_scrape"])
    memory = Memory()
    for number, answer in enumerate(answering):
        at = NOW + number * timedelta(minutes=5)
        with mock.patch.object(scraping, "fetch_all", lambda sources, *_, answer=answer: list(map(answer, sources))):
            scraping.scrape(
                settings.environment,
                settings.sources,
                None,
                memory,
                slot=at,
                deadline=Deadline.within(30),
                clock=lambda at=at: at,
            )


def _answer(source: Source, *, counted: float, large: bool = False) -> Answer:
    lines = [_lines(series, counted, large=large) for series in source.series]
    return Answer(STARTED + "".join(lines), "text/plain; version=0.0.4")


def _lines(series: Series, counted: float, *, large: bool) -> str:
    labels = ",".join(f'{label}="some"' for label in series.labels)
    if series.kind is Kind.HISTOGRAM:
        bound = 2 * (series.alarm_above or 0) + 1
        quick = 0 if large else counted
        buckets = {"0.001": quick, f"{bound:g}": counted, "+Inf": counted}
        found = [f'{series.name}_bucket{{{labels}{"," if labels else ""}le="{le}"}} {of}' for le, of in buckets.items()]
        return "\n".join([*found, f"{series.name}_sum{{{labels}}} {counted}\n"])
    value = counted if series.kind is Kind.COUNTER else 2 * (series.alarm_above or 0) + 1e9 if large else 0
    return f"{series.name}{{{labels}}} {value}\n"
