"""An API that is slow, frozen or broken, and a test that has to end."""

import time
from datetime import timedelta

import pytest

from lambdas.load_test import drive
from lambdas.load_test.refused import RefusedError
from lambdas.load_test.runs import Run, Runs
from lambdas.vocabulary.load_tests import Failure, Verdict
from tests.integration.load_test.conftest import REPORTS


def test_errors_fail_and_end_it(world, api):
    api.meanwhile = lambda: setattr(api, "status", 503)
    report = world.run(api.url(), step=timedelta(seconds=2))
    assert (report.verdict, len(report.steps), report.knee_multiple) == (Verdict.FAILED, 1, 1.0)
    assert report.steps[0].errors == {Failure.SERVER_ERROR: report.steps[0].failed}
    assert report.reason.endswith(f"(5xx {report.steps[0].failed})")


def test_redirect_in_the_middle_is_an_error(world, api):
    api.meanwhile = lambda: setattr(api, "status", 302)
    report = world.run(api.url(), step=timedelta(seconds=2))
    assert report.steps[0].errors.keys() == {Failure.REDIRECT}
    assert api.asked == 1 + report.steps[0].sent  # nothing was asked besides


def test_slow_answers_fail(world, api):
    api.seconds = 0.3
    report = world.run(api.url(), max_p95_ms=200)
    assert (report.verdict, len(report.steps)) == (Verdict.FAILED, 1)
    assert "p95 was" in report.reason


def test_too_slow_to_be_asked_is_inconclusive(world, api, monkeypatch):
    """Dropped arrivals are never a pass, however fine the answers are that came."""
    monkeypatch.setattr(drive, "MOST_OPEN", 5)
    api.seconds = 0.6
    report = world.run(api.url())
    (step,) = report.steps
    assert (report.verdict, step.failed) == (Verdict.INCONCLUSIVE, 0)
    assert step.dropped == step.planned - step.sent > 0
    assert "never sent" in report.reason


def test_latency_counts_from_the_intended_start(world, api):
    """A second in which nothing is answered is the latency of all requests that were due in it."""

    def freeze():
        api.thawed.clear()
        time.sleep(1)
        api.loop.call_soon_threadsafe(api.thawed.set)

    api.meanwhile = freeze
    report = world.run(api.url(), step=timedelta(seconds=2), per_minute=3000)
    latency = report.steps[0].latency
    assert latency.p50_ms < 300
    assert latency.p95_ms > 800
    assert report.steps[0].sent == report.steps[0].planned


def test_timeouts_are_errors(world, api):
    api.meanwhile = lambda: setattr(api, "seconds", 30)
    report = world.run(api.url(), timeout=timedelta(seconds=1))
    assert report.verdict is Verdict.FAILED
    assert report.steps[0].errors.keys() == {Failure.TIMEOUT}
    assert report.steps[0].latency.max_ms >= 1000


def test_alarm_ends_it_within_five_seconds(world, api):
    raised = []

    def raise_alarm():
        world.raise_alarm()
        raised.append(time.monotonic())

    api.meanwhile = raise_alarm
    report = world.run(api.url(), step=timedelta(seconds=20))
    assert time.monotonic() - raised[0] < 5
    assert (report.verdict, len(report.steps)) == (Verdict.STOPPED, 1)
    assert "junkos-prod-endpoint-api-down is in alarm, level critical: It is broken." in report.reason
    asked = api.asked
    time.sleep(0.5)
    assert api.asked == asked < 1 + report.steps[0].planned


def test_person_ends_it(world, api):
    runs = Runs(world.s3, REPORTS)
    api.meanwhile = lambda: runs.stop(runs.last(), "ben")
    report = world.run(api.url(), step=timedelta(seconds=20))
    assert report.reason == "at 1 times the busiest minute: stopped by ben"


def test_blind_test_ends(world, api):
    """What nobody watches must not go on."""

    class Failing:
        def __init__(self, cloudwatch):
            self._cloudwatch, self.looks = cloudwatch, 0

        def get_paginator(self, operation):
            self.looks += 1
            if self.looks > 1:
                raise OSError("no route to CloudWatch")
            return self._cloudwatch.get_paginator(operation)

    began = time.monotonic()
    report = world.run(api.url(), cloudwatch=Failing(world.cloudwatch), step=timedelta(seconds=20))
    assert time.monotonic() - began < 6
    assert report.verdict is Verdict.STOPPED
    assert "alarms could not be read" in report.reason


@pytest.mark.parametrize(
    ("name", "level"),
    [("api-failing", "high"), ("budget-latency-burns-slowly", "low"), ("rds-connections", "high")],
)
def test_alarm_before_it_refuses(world, api, name, level):
    world.raise_alarm(name, level)
    with pytest.raises(RefusedError, match=f"junkos-prod-{name} is in alarm"):
        world.run(api.url())
    assert api.asked == 0


def test_lesser_alarm_does_not(world, api):
    world.raise_alarm("database-findings", "low")
    assert world.run(api.url()).verdict is Verdict.PASSED


def test_old_proof_refuses(world, api):
    with pytest.raises(RefusedError, match="the newest proven backup of orders is 1 h old and may be 30 min"):
        world.run(api.url(), proven_within=timedelta(minutes=30))
    assert api.asked == 0


def test_second_run_is_refused(world, api):
    started = world.account.clock()
    Runs(world.s3, REPORTS).claim(Run("other", "ben", started, started + timedelta(minutes=15)))
    with pytest.raises(RefusedError, match="ben runs a load test since"):
        world.run(api.url())
    assert api.asked == 0


def test_same_event_twice_is_one_run(world, api):
    world.run(api.url())
    asked = api.asked
    with pytest.raises(RefusedError, match="load test one was begun already"):
        world.run(api.url())
    assert api.asked == asked


def test_time_of_the_function_ends_it(world, api):
    report = world.run(api.url(), seconds=28)  # a second, five for the last answer, twenty to write: two steps of them
    assert report.verdict is Verdict.STOPPED
    assert "the function's time" in report.reason


def test_late_generator_is_inconclusive(world, api, monkeypatch):
    """Whatever the API answers, the target rate was not reached."""
    monkeypatch.setattr(drive, "LATE", -1)
    report = world.run(api.url())
    assert (report.verdict, report.steps[0].late) == (Verdict.INCONCLUSIVE, report.steps[0].planned)
