"""A load test's report for people."""

from collections.abc import Iterator

from lambdas.load_test.judge import in_words
from lambdas.shared.documents.markdown import escaped
from lambdas.shared.quantities import duration, moment, number, rounded
from lambdas.vocabulary.load_tests import LoadTestReport, Step

HEAD = (
    "times the busiest minute",
    "per minute",
    "sent",
    "answered",
    "errors",
    "p50 ms",
    "p95 ms",
    "p99 ms",
    "reused",
    "verdict",
)


def markdown(report: LoadTestReport) -> str:
    return "\n".join(_lines(report)) + "\n"


def summary(report: LoadTestReport) -> Iterator[str]:
    """What a person wants to know, a line each."""
    yield f"Load test of {report.environment}: {report.verdict}{report.reason and f', {report.reason}'}."
    if best := report.highest_passed:
        rate = f"{rounded(best.target_per_minute)} requests a minute"
        latency = f", with p95 of {number(best.latency.p95_ms)} ms" if best.latency else ""
        yield f"It stood {rate}, {best.multiple:g} times the busiest{latency}."
    if report.knee_multiple is not None:
        yield f"The knee is at {report.knee_multiple:g} times the busiest minute, or just below."
    elif report.highest_passed:
        yield "No knee was seen up to there."


def row(step: Step) -> tuple[str, ...]:
    """As `HEAD` names them."""
    latency = step.latency
    shown = (latency.p50_ms, latency.p95_ms, latency.p99_ms) if latency else ()
    return (
        f"{step.multiple:g}",
        rounded(step.target_per_minute),
        f"{step.sent} of {step.planned}",
        str(step.answered),
        in_words(step.errors) or "none",
        *(map(number, shown) if shown else ("-", "-", "-")),
        f"{step.reused_percent:.0f} %",
        step.verdict,
    )


def _lines(report: LoadTestReport) -> Iterator[str]:
    first, *rest = summary(report)
    yield f"# {escaped(first.rstrip('.'))}"
    yield ""
    yield " ".join([*rest, _when(report)])
    yield ""
    yield f"| {' | '.join(HEAD)} |"
    yield f"|{'---|' * len(HEAD)}"
    yield from (f"| {' | '.join(map(escaped, row(step)))} |" for step in report.steps)
    yield ""
    yield from (f"- {escaped(step.reason)} (at {step.multiple:g} times)" for step in report.steps if step.reason)
    yield from (f"- {escaped(note)}" for note in report.notes)
    yield f"- Routes: {', '.join(map(escaped, report.routes))}."
    yield f"- A step passes with at most {report.max_error_percent:g} % errors and p95 of {report.max_p95_ms:g} ms."
    yield "- Latency is measured from the intended start of each request until its answer is whole, errors too."
    yield f"- Proven backup before it: {escaped(report.proven_backup)}."


def _when(report: LoadTestReport) -> str:
    seen = f", seen {moment(report.busiest_at)}" if report.busiest_at else ", named by hand"
    return (
        f"Busiest minute: {rounded(report.busiest_per_minute)} requests{seen}."
        f" Started {moment(report.started_at)} by {escaped(report.requested_by)}, took {duration(report.took)}."
    )
