"""An outage that the system sees, names and sees end; and slowness and a certificate, which are none."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from embedded.backend import Backend
from embedded.console import Console
from embedded.stage import Stage
from lambdas.health_check.results import Result
from lambdas.shared.clock import now
from lambdas.vocabulary.endpoints import Reason, State
from lambdas.vocabulary.metrics import Dimension, Metric

API, SECURE = "api", "api over TLS"
SLOWNESS = 1.5  # seconds; the local environment calls one second slow


@dataclass
class Prober:
    """Runs the scheduled check as the schedule would, its runs five minutes apart by their slots."""

    stage: Stage
    slots: Iterator[datetime] = field(
        default_factory=lambda: (now() + number * timedelta(minutes=5) for number in count())
    )

    def check(self) -> dict[str, Result]:
        answer = self.stage.invoke("health_check", slot=next(self.slots).isoformat())
        return {result.endpoint: result for result in map(Result.from_dict, answer["results"])}

    def changes(self, endpoint: str) -> list[dict[str, Any]]:
        """The log lines of the endpoint's changes of state, oldest first."""
        lines = self.stage.log_lines("health_check")
        return [line for line in lines if line.get("change", {}).get("endpoint") == endpoint]


def see_an_outage(stage: Stage, console: Console, backend: Backend) -> None:
    """Break the sample backend in every way that the drill knows, and hold what is seen against what was done."""
    console.heading("Watch the API, and break it")
    prober = Prober(stage)
    _see_it_up(prober, console)
    _see_it_degraded(prober, console, backend)
    _see_it_down_and_back(prober, console, backend)
    _see_it_slow(prober, console, backend)
    _see_the_certificate(stage, prober, console)


def _see_it_up(prober: Prober, console: Console) -> None:
    result = prober.check()[API]
    timings = result.timings
    console.claim(
        "a healthy API is up",
        holds=result.state is State.UP,
        evidence=f"{result.status}, connected in {timings.connect} ms, first byte {timings.first_byte} ms later,"
        f" {timings.total} ms in all",
    )


def _see_it_degraded(prober: Prober, console: Console, backend: Backend) -> None:
    backend.drill(database=False)
    result = prober.check()[API]
    backend.drill(database=True)
    console.claim(
        "without its database it is degraded, not down, and the failing check is named",
        holds=result.state is State.DEGRADED and result.failing_checks == ("database",),
        evidence=f"{result.state}: {', '.join(result.failing_checks)}",
    )


def _see_it_down_and_back(prober: Prober, console: Console, backend: Backend) -> None:
    prober.check()
    before = len(prober.changes(API))
    backend.stop()
    results = [prober.check()[API] for _ in range(3)]
    changes = prober.changes(API)[before:]
    console.claim(
        "stopped, it is down, with the reason",
        holds=all(result.state is State.DOWN and result.reason is Reason.REFUSED for result in results),
        evidence=f"{results[0].state}: {results[0].reason}: {results[0].detail}",
    )
    console.claim(
        "two bad probes in a row change its state, once",
        holds=[change["change"]["after"] for change in changes] == [State.DOWN],
        evidence="; ".join(change["message"] for change in changes),
    )
    backend.start()
    result = prober.check()[API]
    recovery = prober.changes(API)[-1]
    console.claim(
        "started again, it is up, and the recovery says how long it was down",
        holds=result.state is State.UP and (recovery["change"]["downtime_seconds"] or 0) > 0,
        evidence=recovery["message"],
    )


def _see_it_slow(prober: Prober, console: Console, backend: Backend) -> None:
    backend.drill(delay_seconds=SLOWNESS)
    result = prober.check()[API]
    backend.drill(delay_seconds=0)
    console.claim(
        "slow is not down",
        holds=result.state is State.SLOW,
        evidence=f"{result.state}: {result.timings.total} ms",
    )


def _see_the_certificate(stage: Stage, prober: Prober, console: Console) -> None:
    result = prober.check()[SECURE]
    days = stage.newest_datapoint(Metric.CERTIFICATE_DAYS_LEFT, {Dimension.ENDPOINT: SECURE})
    warnings = {"low": 30, "high": 7}
    console.claim(
        "a certificate that ends in five days is seen, before anybody is hurt",
        holds=result.state is State.UP and days is not None and 4.9 < days <= 5,  # noqa: PLR2004  (five days, less a while)
        evidence=f"up, {days} days left: below the limits of "
        + " and ".join(f"{limit} days ({level})" for level, limit in warnings.items()),
    )


def show_status_page(stage: Stage, console: Console, directory: Path) -> None:
    """Publish the page of this story, read it as the public would, and leave a copy to look at."""
    console.heading("Tell the public")
    with console.step(f"invoking {stage.function('status_page')}"):
        written = stage.invoke("status_page")
    pages = {name: stage.public_page(name) for name in ("index.html", "status.json", "incidents.xml")}
    html = pages["index.html"].decode()
    copy = directory / "status-page"
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir(parents=True)
    for name, content in stage.public_files().items():
        (copy / name).write_bytes(content)
    console.claim(
        "the status page, read through its distribution, tells of the outage",
        holds=f"<h3>{API}</h3>" in html and "Past incidents" in html and b"<entry>" in pages["incidents.xml"],
        evidence=f"{written['state']}; a copy to look at: {(copy / 'index.html').relative_to(Path.cwd())}",
    )
