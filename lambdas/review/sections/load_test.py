"""The quarter's load test at twice the traffic, by its report."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from lambdas.review.section import Figure, Found, Section, Situation
from lambdas.shared.documents.document import Bars, Table, Text
from lambdas.shared.lines import one_line
from lambdas.shared.quantities import moment, rounded
from lambdas.shared.reports import Reports
from lambdas.vocabulary.load_tests import LoadTestReport, Step, Verdict
from lambdas.vocabulary.reports import Kind
from lambdas.vocabulary.reviews import State

WANTED: Final = 2.0
"""Times the busiest minute."""
_LOOKS_BACK: Final = timedelta(days=400)


def _look(situation: Situation) -> Found:
    reports = Reports(situation.client("s3"), situation.settings.reports)
    stored = reports.newest(Kind.LOAD_TEST, situation.span.until, _LOOKS_BACK)
    if stored is None or stored.at < situation.span.since:
        before = f"; the last one was on {moment(stored.at)}" if stored else ""
        return Found(State.ATTENTION, f"not run in this time{before} (ops {situation.here.name} load-test)")
    report = LoadTestReport.from_json(stored.body.decode())
    best = report.highest_passed
    enough = report.verdict is Verdict.PASSED and best is not None and best.multiple >= WANTED
    return Found(
        State.GOOD if enough else State.ATTENTION,
        f"{report.verdict}: {_reached(best)}" + (f"; {one_line(report.reason)}" if report.reason else ""),
        tuple(_figures(report, f"bucket {situation.settings.reports}: {stored.folder}")),
        (_graph(report), Table(_HEADINGS, tuple(map(_row, report.steps))), *map(Text, map(one_line, report.notes))),
    )


_HEADINGS: Final = ("Step", "Wanted a minute", "Sent a minute", "p95", "Errors", "Verdict", "Why")


def _reached(best: Step | None) -> str:
    return f"{best.multiple:g} x the busiest minute passed" if best else "no step passed"


def _figures(report: LoadTestReport, source: str) -> Iterator[Figure]:
    best, knee = report.highest_passed, report.knee_multiple
    yield Figure("verdict", "Verdict", str(report.verdict), str(report.verdict), source)
    yield Figure("run_at", "Run", report.started_at.isoformat(), moment(report.started_at), source)
    yield Figure.of_number("busiest_per_minute", "Busiest minute (1 x)", report.busiest_per_minute, source)
    yield Figure("highest_passed", "Passed up to", best.multiple if best else None, _reached(best), source)
    yield Figure("knee", "The API bends at", knee, "none" if knee is None else f"{knee:g} x", source)


def _graph(report: LoadTestReport) -> Bars:
    names = tuple(f"{step.multiple:g} x" for step in report.steps)
    values = tuple(step.latency.p95_ms if step.latency else None for step in report.steps)
    return Bars("p95 by step", names, values, said=_milliseconds, limit=report.max_p95_ms)


def _row(step: Step) -> tuple[str, ...]:
    return (
        f"{step.multiple:g} x",
        rounded(step.target_per_minute),
        rounded(step.sent_per_minute),
        _milliseconds(step.latency.p95_ms) if step.latency else "-",
        f"{rounded(step.error_percent)} %",
        str(step.verdict),
        one_line(step.reason) or "-",
    )


def _milliseconds(value: float) -> str:
    return f"{rounded(value)} ms"


LOAD_TEST = Section("load_test", "Load test", _look)
