"""The quarter's load test at twice the traffic, by its report."""

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
    reached = f"{best.multiple:g} x the busiest minute passed" if best else "no step passed"
    enough = report.verdict is Verdict.PASSED and best is not None and best.multiple >= WANTED
    source = f"bucket {situation.settings.reports}: {stored.folder}"
    knee = "none" if report.knee_multiple is None else f"{report.knee_multiple:g} x"
    return Found(
        State.GOOD if enough else State.ATTENTION,
        f"{report.verdict}: {reached}" + (f"; {one_line(report.reason)}" if report.reason else ""),
        (
            Figure("verdict", "Verdict", str(report.verdict), str(report.verdict), source),
            Figure("run_at", "Run", report.started_at.isoformat(), moment(report.started_at), source),
            Figure(
                "busiest_per_minute",
                "Busiest minute (1 x)",
                report.busiest_per_minute,
                rounded(report.busiest_per_minute),
                source,
            ),
            Figure("highest_passed", "Passed up to", best.multiple if best else None, reached, source),
            Figure("knee", "The API bends at", report.knee_multiple, knee, source),
        ),
        (
            Bars(
                "p95 by step",
                tuple(f"{step.multiple:g} x" for step in report.steps),
                tuple(step.latency.p95_ms if step.latency else None for step in report.steps),
                said=_milliseconds,
                limit=report.max_p95_ms,
            ),
            Table(
                ("Step", "Wanted a minute", "Sent a minute", "p95", "Errors", "Verdict", "Why"),
                tuple(map(_row, report.steps)),
            ),
            *(Text(one_line(note)) for note in report.notes),
        ),
    )


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
