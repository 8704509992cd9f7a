"""The report as people read it, and as the review reads it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from lambdas.load_test.markdown import markdown, summary
from lambdas.vocabulary.load_tests import Failure, Latency, LoadTestReport, Step, Verdict

AT = datetime(2026, 11, 28, 9, tzinfo=UTC)
STEP = Step(1.0, 600, 120, 1200, 1200, 1200, 0, 0, {}, 12, Latency(8.2, 40.5, 90.1, 120), Verdict.PASSED, "")
FAILED = replace(
    STEP,
    multiple=1.25,
    target_per_minute=750,
    errors={Failure.SERVER_ERROR: 60, Failure.TIMEOUT: 3},
    verdict=Verdict.FAILED,
    reason="5 % of the requests failed",
)
REPORT = LoadTestReport(
    id="one",
    environment="prod",
    requested_by="ana|<b>",
    started_at=AT,
    ended_at=AT + timedelta(minutes=4),
    hosts=("api.example.com",),
    routes=("https://api.example.com/orders",),
    busiest_per_minute=600,
    busiest_at=AT - timedelta(days=3),
    proven_backup="orders/2026/11/28/x/",
    steps=(STEP, FAILED),
    knee_multiple=1.25,
    verdict=Verdict.FAILED,
    reason="at 1.25 times the busiest minute: 5 % of the requests failed",
    notes=("A note.",),
)


def test_report_is_read_as_it_was_written():
    assert LoadTestReport.from_json(REPORT.to_json()) == REPORT


def test_figures_of_a_step():
    assert (FAILED.failed, FAILED.error_percent, FAILED.sent_per_minute, FAILED.reused_percent) == (63, 5.25, 600, 99)


def test_summary_says_what_it_stood():
    assert list(summary(REPORT)) == [
        "Load test of prod: failed, at 1.25 times the busiest minute: 5 % of the requests failed.",
        "It stood 600 requests a minute, 1 times the busiest, with p95 of 40.5 ms.",
        "The knee is at 1.25 times the busiest minute, or just below.",
    ]


def test_nothing_passed_stood_nothing():
    stopped = replace(REPORT, steps=(replace(STEP, verdict=Verdict.STOPPED),), knee_multiple=None)
    assert [line.partition(" ")[0] for line in summary(stopped)] == ["Load"]


def test_markdown_has_a_row_for_each_step_and_no_markup_of_others():
    lines = markdown(REPORT).splitlines()
    assert "| 1 | 600 | 1200 of 1200 | 1200 | none | 8.2 | 40.5 | 90.1 | 99 % | passed |" in lines
    assert any("5xx 60, timeout 3" in line for line in lines)
    assert "<b>" not in markdown(REPORT)
