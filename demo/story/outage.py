"""An outage, which is detected, named and recovers; and slowness and a certificate, which are no outage."""

import shutil
from pathlib import Path

from demo.backend import Backend
from demo.console import Console
from demo.story.alarms import AlarmChange
from demo.story.prober import Prober
from emulator.stage import Stage
from lambdas.vocabulary.endpoints import Reason, State
from lambdas.vocabulary.metrics import Dimension, Metric

API, SECURE = "api", "api over TLS"
SLOWNESS = 3.5  # seconds; three are called slow, which a healthy API does not take on a busy machine either


def show_outage(prober: Prober, console: Console, backend: Backend) -> list[AlarmChange]:
    """Cause trouble in the sample backend and compare it with what the probes find; in the end it is stopped.

    Returns how the endpoints' alarms changed since then.
    """
    console.heading("Watch the API and break it")
    _show_up(prober, console)
    _show_degraded(prober, console, backend)
    _show_slow(prober, console, backend)
    _show_certificate(prober, console)
    return _show_down(prober, console, backend)


def show_recovery(prober: Prober, console: Console, backend: Backend) -> None:
    """Start it again, and show how long the outage is said to have lasted."""
    backend.start()
    result = prober.check()[API]
    recovery = prober.changes(API)[-1]
    console.claim(
        "started again, it is up, and the recovery says how long it was down",
        holds=result.state is State.UP and (recovery["change"]["downtime_seconds"] or 0) > 0,
        evidence=f"{API} is {recovery['change']['after']}; the messages of the recovery below say how long",
    )


def _show_up(prober: Prober, console: Console) -> None:
    result = prober.check()[API]
    timings = result.timings
    console.claim(
        "a healthy API is up",
        holds=result.state is State.UP,
        evidence=f"{result.status}, connected in {timings.connect} ms, first byte {timings.first_byte} ms later,"
        f" {timings.total} ms in all",
    )


def _show_degraded(prober: Prober, console: Console, backend: Backend) -> None:
    backend.drill(database=False)
    result = prober.check()[API]
    backend.drill(database=True)
    console.claim(
        "without its database it is degraded, not down, and the failing check is named",
        holds=result.state is State.DEGRADED and result.failing_checks == ("database",),
        evidence=f"{result.state}: {', '.join(result.failing_checks)}",
    )


def _show_slow(prober: Prober, console: Console, backend: Backend) -> None:
    backend.drill(delay_seconds=SLOWNESS)
    result = prober.check()[API]
    backend.drill(delay_seconds=0)
    console.claim(
        "slow is not down",
        holds=result.state is State.SLOW,
        evidence=f"{result.state}: {result.timings.total} ms",
    )


def _show_certificate(prober: Prober, console: Console) -> None:
    result = prober.check()[SECURE]
    days = prober.stage.newest_datapoint(Metric.CERTIFICATE_DAYS_LEFT, {Dimension.ENDPOINT: SECURE})
    console.claim(
        "a certificate that ends in twenty days is reported before it ends",
        holds=result.state is State.UP and days is not None and 19.9 < days <= 20,  # noqa: PLR2004  (less a while)
        evidence=f"up, {days} days left: below the limit of 30 days (low)",
    )


def _show_down(prober: Prober, console: Console, backend: Backend) -> list[AlarmChange]:
    before, alarms_before = len(prober.changes(API)), len(prober.alarms.changes)
    backend.stop()
    results = [prober.check()[API] for _ in range(2)]
    changes = prober.changes(API)[before:]
    console.claim(
        "stopped, it is down, with the reason",
        holds=all(result.state is State.DOWN and result.reason is Reason.REFUSED for result in results),
        evidence=f"{results[0].state}: {results[0].reason}: {results[0].detail}",
    )
    console.claim(
        "two bad probes in a row change its state once",
        holds=[change["change"]["after"] for change in changes] == [State.DOWN],
        evidence="; ".join(change["message"] for change in changes),
    )
    return prober.alarms.changes[alarms_before:]


def show_status_page(stage: Stage, console: Console, directory: Path) -> None:
    """Publish the status page, read it as the public would, and leave a copy to look at."""
    console.heading("Publish the status page")
    with console.step(f"invoking {stage.function('status_page')}"):
        written = stage.invoke("status_page")
    pages = {name: stage.public_page(name) for name in ("index.html", "status.json", "incidents.xml")}
    html = pages["index.html"].decode()
    copy = directory / "status-page"
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir(parents=True)
    for name, content in stage.public_files().items():
        (copy / name).parent.mkdir(exist_ok=True)
        (copy / name).write_bytes(content)
    console.claim(
        "the status page, read through its distribution, shows the outage",
        holds=f"<h3>{API}</h3>" in html and "Past incidents" in html and b"<entry>" in pages["incidents.xml"],
        evidence=f"{written['state']}; a copy to look at: {(copy / 'index.html').relative_to(Path.cwd())}"
        " (with this machine's times: there the outage lasted seconds)",
    )
