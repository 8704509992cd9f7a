"""What a request costs the generator of `load_test`, against well-known ones, over TLS on open connections."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from bench.interleaved import interleaved
from bench.keep_alive import keeping_alive
from bench.measure import Run, run
from bench.place import ROOT, Place
from bench.results import Aim, Result, spread, table
from bench.tools import has, tool

SECONDS = 10
RATES = (500, 1000)
"""Requests a second that are due."""
CONNECTIONS = 32
LEAST_A_SECOND = 1000
OURS = "load_test, {} a second"
AUTOCANNON, WRK = "autocannon, 1000 a second", "wrk, as fast as it can"


@dataclass(frozen=True)
class Put:
    """A run: how many requests were answered, and what one cost."""

    requests: int
    processor_seconds: float
    per_second: float
    latency: str
    on_time: str = "-"
    """Percent of what was due."""

    @property
    def milliseconds(self) -> float:
        """Of a processor for one request."""
        return 1000 * self.processor_seconds / self.requests


def measure(place: Place, repeats: int) -> Result:
    """One server, and each generator in turn."""
    result = Result("load_test", "The load test's generator")
    with keeping_alive(place.directory) as (url, trusted):
        found = interleaved("load", _contenders(place, url, trusted), repeats)
    result.tables.append(_table(found))
    ours = found[OURS.format(LEAST_A_SECOND)]
    held = 1000 / median(each.milliseconds for each in ours)
    result.aims.append(
        Aim("requests that one processor has time for", held, LEAST_A_SECOND, at_least=True, unit="a second")
    )
    result.remarks.append(
        "Processor time is of the whole process, its start too (0.2 to 0.5 s of Python and Node). wrk is written in C,"
        " asks again when an answer has come and checks no certificate: it is the limit, and no rival. autocannon paces"
        " a fixed number of connections. Neither says what was due and not sent. On a busy machine the wall clock says"
        " little: who waits for a processor is late."
    )
    result.measured = {
        name: [vars(each) | {"milliseconds": each.milliseconds} for each in of] for name, of in found.items()
    }
    return result


def _contenders(place: Place, url: str, trusted: Path) -> dict[str, Callable[[], Put]]:
    contenders: dict[str, Callable[[], Put]] = {
        OURS.format(rate): partial(_ours, place, url, trusted, rate) for rate in RATES
    }
    if has("autocannon"):
        contenders[AUTOCANNON] = partial(_autocannon, place, url, trusted)
    if has("wrk"):
        contenders[WRK] = partial(_wrk, place, url)
    return contenders


def _ours(place: Place, url: str, trusted: Path, rate: int) -> Put:
    command = [sys.executable, "-m", "bench.put_load", url, str(trusted), str(rate), str(SECONDS)]
    done = _run(place, command)
    said = done.said
    due = rate * SECONDS
    return Put(
        said["requests"],
        done.processor_seconds,
        said["per_second"],
        f"{said['p50_ms']:.1f} / {said['p99_ms']:.0f}",
        f"{100 * (due - max(said['late'], said['failed'])) / due:.1f}",
    )


def _autocannon(place: Place, url: str, trusted: Path) -> Put:
    command = [str(tool("autocannon")), "--json", f"-c{CONNECTIONS}", f"-d{SECONDS}", f"-R{LEAST_A_SECOND}", url]
    done = _run(place, command, NODE_EXTRA_CA_CERTS=str(trusted))
    requests, latency = done.said["requests"]["total"], done.said["latency"]
    return Put(requests, done.processor_seconds, requests / SECONDS, f"{latency['p50']} / {latency['p99']}")


def _wrk(place: Place, url: str) -> Put:
    """Its report is for people: the line `12345 requests in 10.00s` is read."""
    report = f"{tool('wrk')} -t1 -c{CONNECTIONS} -d{SECONDS}s {url} | awk '/requests in/ {{ print $1 }}'"
    done = _run(place, ["sh", "-c", report])
    return Put(done.said, done.processor_seconds, done.said / SECONDS, "-")


def _run(place: Place, command: list[str], **variables: str) -> Run:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **variables}
    return run(command, environment=environment, directory=place.directory)


def _table(found: dict[str, list[Put]]) -> str:
    head = ("generator", "a second", "on time, %", "p50 / p99, ms", "processor, ms", "a second on one", "against ours")
    ours = median(each.milliseconds for each in found[OURS.format(LEAST_A_SECOND)])
    return table(head, [_row(name, runs, ours) for name, runs in found.items()])


def _row(name: str, runs: list[Put], ours: float) -> tuple[str, ...]:
    cost = [each.milliseconds for each in runs]
    typical = median(cost)
    sent = f"{median(each.per_second for each in runs):.0f}"
    last = runs[-1]
    return name, sent, last.on_time, last.latency, spread(cost), f"{1000 / typical:.0f}", f"{typical / ours:.2f}"
