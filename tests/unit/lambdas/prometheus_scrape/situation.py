"""Scrapes of answers that are made up, and the metrics that come of them."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from unittest import mock

from lambdas.prometheus_scrape import scrape as scraping
from lambdas.prometheus_scrape.errors import ScrapeError
from lambdas.prometheus_scrape.fetch import Answer
from lambdas.prometheus_scrape.sources import Kind, Series, Source
from lambdas.shared.clock import Deadline

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
STEP = timedelta(minutes=5)
TEXT = "text/plain; version=0.0.4; charset=utf-8"


def started(at):
    return f"process_start_time_seconds {at.timestamp()}\n"


BEFORE = started(NOW - timedelta(days=1))


class Memory:
    """As the table: an old state is not overwritten."""

    def __init__(self):
        self.state = None

    def load(self, _job):
        return self.state

    def replace(self, _job, before, now):
        if before is not self.state:
            raise ScrapeError("another run read it at the same time, and publishes what it counted")
        self.state = type(now).from_json(now.to_json())  # as it comes back


@dataclass
class Job:
    """One endpoint that is scraped every five minutes."""

    capsys: object
    series: tuple[Series, ...]
    one_process: bool = False
    at: datetime = NOW
    memory: Memory = field(default_factory=Memory)

    def scrape(self, answer, content_type=TEXT):
        """The values of each metric by its name and its labels' values, and the faults."""
        given = answer if isinstance(answer, ScrapeError) else Answer(answer, content_type)
        source = Source("api", "https://api.example/metrics", self.series, one_process=self.one_process)
        with mock.patch.object(scraping, "fetch_all", return_value=[given]):
            (result,) = scraping.scrape(
                "prod",
                [source],
                None,
                self.memory,
                slot=self.at,
                deadline=Deadline.within(30),
                clock=lambda: self.at,
            )
        self.at += STEP
        self.lines = [json.loads(line) for line in self.capsys.readouterr().out.splitlines()]
        return metrics_of(self.lines), list(result.faults)


def metrics_of(lines):
    found = {}
    for line in lines:
        if "_aws" not in line:
            continue
        (directive,) = line["_aws"]["CloudWatchMetrics"]
        if directive["Namespace"] != "JunkOS/Prometheus":
            continue
        (metric,), (dimensions,) = directive["Metrics"], directive["Dimensions"]
        labels = [line[name] for name in dimensions if name not in ("environment", "job")]
        found.setdefault(" ".join([metric["Name"], *labels]), []).append(line[metric["Name"]])
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def gauge(name="lag_seconds", **more):
    return Series(name, Kind.GAUGE, **more)


def counter(name="requests_total", **more):
    return Series(name, Kind.COUNTER, **more)


def histogram(name="duration_seconds", **more):
    return Series(name, Kind.HISTOGRAM, **more)
