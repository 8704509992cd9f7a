"""What a step proves."""

from dataclasses import replace

import pytest

from lambdas.load_test.judge import Driven, Limits, judged, knee_of, verdict_of
from lambdas.load_test.plan import PlannedStep
from lambdas.load_test.tally import Tally
from lambdas.vocabulary.load_tests import Failure, Latency, Verdict

LIMITS = Limits(error_percent=1, p95_ms=500)


def tally(answers=60, seconds=0.1, failures=(), dropped=0, late=0):
    counted = Tally()
    for _ in range(answers):
        counted.sent += 1
        counted.add_answer(200, seconds)
    for failure in failures:
        counted.sent += 1
        counted.add_failure(failure, seconds)
    counted.dropped, counted.late = dropped, late
    return counted


def step(counted, stopped="", multiple=1.0):
    return judged(Driven(PlannedStep(multiple, 60, 60), 60.0, counted, 2, stopped), LIMITS)


@pytest.mark.parametrize(
    ("counted", "verdict", "reason"),
    [
        (tally(), Verdict.PASSED, ""),
        (tally(seconds=0.6), Verdict.FAILED, "p95 was 600 ms, above 500 ms"),
        (tally(59, failures=[Failure.TIMEOUT]), Verdict.FAILED, "1.67 % of the requests failed (timeout 1)"),
        (
            tally(59, dropped=1),
            Verdict.INCONCLUSIVE,
            "1 of 60 requests were never sent: every connection waited for an answer",
        ),
        (
            tally(50, seconds=0.6, dropped=10),
            Verdict.INCONCLUSIVE,
            "10 of 60 requests were never sent: every connection waited for an answer",
        ),
        (tally(late=1), Verdict.INCONCLUSIVE, "the load test itself was late with 1 of 60 requests"),
        (tally(seconds=0.6, late=9), Verdict.INCONCLUSIVE, "the load test itself was late with 9 of 60 requests"),
        (
            tally(59, failures=[Failure.GENERATOR]),
            Verdict.INCONCLUSIVE,
            "the load test itself failed to send 1 request",
        ),
    ],
    ids=["fine", "slow", "errors", "dropped", "dropped and slow", "late", "late and slow", "no socket"],
)
def test_verdict(counted, verdict, reason):
    found = step(counted)
    assert (found.verdict, found.reason) == (verdict, reason)


def test_stopped_step_says_why():
    assert step(tally(3), "an alarm").reason == "an alarm"


def test_one_percent_of_errors_is_allowed():
    counted = tally(99, failures=[Failure.CLIENT_ERROR])
    assert judged(Driven(PlannedStep(1, 100, 60), 60.0, counted, 1), LIMITS).verdict is Verdict.PASSED


def test_whole_test_has_the_verdict_of_what_did_not_pass():
    assert verdict_of([step(tally()), step(tally(late=5), multiple=1.25)]) == (
        Verdict.INCONCLUSIVE,
        "at 1.25 times the busiest minute: the load test itself was late with 5 of 60 requests",
    )


def with_p95(multiple, p95):
    return replace(step(tally(), multiple=multiple), latency=Latency(1, p95, p95, p95))


@pytest.mark.parametrize(
    ("p95s", "knee"),
    [([50, 60, 70, 99], None), ([50, 60, 101, 300], 1.5), ([1, 2, 4, 21], None), ([1, 2, 4, 22], 2.0)],
    ids=["flat", "bends", "below noise", "above noise"],
)
def test_knee_is_where_p95_doubles(p95s, knee):
    assert knee_of([with_p95(multiple, p95) for multiple, p95 in zip((1, 1.25, 1.5, 2), p95s, strict=True)]) == knee


def test_failed_step_is_the_knee_and_a_stopped_one_is_not():
    assert knee_of([step(tally()), step(tally(50, failures=[Failure.SERVER_ERROR] * 10), multiple=1.25)]) == 1.25
    assert knee_of([step(tally(), "an alarm")]) is None


@pytest.mark.parametrize(
    ("status", "failure"),
    [(200, None), (204, None), (301, "redirect"), (404, "4xx"), (429, "4xx"), (500, "5xx"), (503, "5xx")],
)
def test_kind_of_error(status, failure):
    counted = Tally()
    counted.add_answer(status, 0.1)
    assert list(counted.errors) == ([failure] if failure else [])


def test_percentiles_are_values_that_were_measured():
    counted = Tally()
    for milliseconds in range(1, 101):
        counted.add_answer(200, milliseconds / 1000)
    assert counted.latency == Latency(50.0, 95.0, 99.0, 100.0)
    assert Tally().latency is None
