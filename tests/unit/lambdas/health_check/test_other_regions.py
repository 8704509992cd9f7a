import json
import threading
from datetime import UTC, datetime, timedelta

import pytest

from lambdas.health_check import check_health as check
from lambdas.health_check.endpoints import endpoint_from
from lambdas.health_check.other_regions import answer_of, remote_probes
from lambdas.health_check.results import Result
from lambdas.health_check.settings import Settings
from lambdas.shared.clock import Deadline
from lambdas.vocabulary.endpoints import Reason, State
from lambdas.vocabulary.metrics import Metric

MOMENT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def region_that_sees(state, **more):
    return lambda _event: json.dumps(answer_of([Result("api", State(state), MOMENT, **more)])).encode()


def region_that_answers(*results):
    return lambda _event: json.dumps({"results": list(results)}).encode()


def written(**changed):
    return {**Result("api", State.UP, MOMENT).as_dict(), **changed}


def failing(_event):
    raise ConnectionError("no such function")


def answers_of(regions, seconds=2):
    with remote_probes(regions, ["api"], seconds) as others:
        return others.answers(Deadline.within(seconds))


def test_region_answers_under_its_name():
    """Each place answers under its own name."""
    answers = answers_of({"there": region_that_sees("up", region="forged")})
    assert [(result.region, result.state) for result in answers["there"]] == [("there", "up")]


def test_regions_get_their_time_limit():
    """Places are sent how long they have."""
    events = []
    answers_of({"there": lambda event: events.append(json.loads(event)) or b"{}"}, seconds=2)
    assert events == [{"remote_probe": True, "seconds": 2}]


@pytest.mark.parametrize(
    "ask",
    [
        failing,
        lambda _: b"garbage",
        lambda _: b"{}",
        lambda _: b'{"results": [{"state": "fine"}]}',
        region_that_sees("unknown", reason=Reason.NO_NETWORK),
        region_that_answers(written(certificate_days_left="soon")),
        region_that_answers(written(timings={"total": "1"})),
        region_that_answers(written(checked_at="2026-11-23T09:00:00")),
        region_that_answers(written(failing_checks=[{}])),
        region_that_answers(written(endpoint=["api"])),
        region_that_answers("api"),
    ],
)
def test_unusable_answer_is_silent_region(ask):
    """A place that says nothing usable is silent."""
    assert answers_of({"there": ask}) == {"there": None}


def test_region_deployed_ahead_is_understood():
    """Place a deployment ahead is understood."""
    (result,) = answers_of({"there": region_that_answers(written(weather="fine"))})["there"]
    assert result == Result("api", State.UP, MOMENT, "there")


def test_region_has_one_vote_per_endpoint():
    """Place has one vote for each endpoint."""
    twice = region_that_answers(written(state="down"), written(state="down"), written(endpoint="other"))
    assert [result.endpoint for result in answers_of({"there": twice})["there"]] == ["api"]


def test_hanging_region_delays_nobody():
    """A place that hangs holds nobody up."""
    release = threading.Event()
    try:
        answers = answers_of({"hangs": lambda _: release.wait(5) and b"", "there": region_that_sees("up")}, seconds=0.3)
    finally:
        release.set()
    assert answers["hangs"] is None
    assert answers["there"] is not None


@pytest.fixture
def published(monkeypatch):
    lines = []

    def publish(values, slot, *, environment, **subject):
        assert slot == MOMENT  # late or repeated, a run counts for the period in which it was due
        lines.append((dict(values), subject))

    monkeypatch.setattr("lambdas.health_check.check_health.publish", publish)
    monkeypatch.setattr("lambdas.health_check.report.publish", publish)
    return lines


def check_with(monkeypatch, here, regions, quorum=2):
    settings = Settings("test", "home", tuple(regions), quorum, timedelta(seconds=0.2), False, None)

    def probe_all(endpoints, dependencies, deadline, deliver):
        result = Result("api", State(here), MOMENT, "home")
        deliver(result)
        return [result]

    class ProbeDependencies:
        clock = staticmethod(lambda: MOMENT)

    monkeypatch.setattr(check, "probe_all", probe_all)
    endpoints = (endpoint_from({"name": "api", "url": "https://api.example.com/"}),)
    return check.check_health(settings, endpoints, ProbeDependencies, regions, slot=MOMENT, deadline=Deadline.within(1))


def test_one_region_down_is_not_down(monkeypatch, published):
    """One place that sees it down is not down."""
    (result,) = check_with(monkeypatch, "down", {"a": region_that_sees("up"), "b": region_that_sees("up")})
    assert result.state == "up"
    ups = {subject.get("region"): values[Metric.UP] for values, subject in published if Metric.UP in values}
    assert ups == {"home": 0, "a": 1, "b": 1, None: 1}


def test_two_regions_down_is_down(monkeypatch, published):
    """Two places that see it down are down."""
    (result,) = check_with(monkeypatch, "down", {"a": region_that_sees("down"), "b": region_that_sees("up")})
    assert result.state == "down"


def test_endpoint_unknown_here_is_ignored(monkeypatch, published):
    """Endpoint that only a place lists costs nothing."""
    ahead = region_that_answers(written(endpoint="new", state="down"), written(state="up"))
    (result,) = check_with(monkeypatch, "up", {"a": ahead, "b": region_that_sees("up")})
    assert (result.endpoint, result.state) == ("api", "up")
    assert {subject["endpoint"] for _, subject in published if "endpoint" in subject} == {"api"}


def test_silent_region_is_one_metric(monkeypatch, published):
    """A silent place is one metric and neither up nor down."""
    (result,) = check_with(monkeypatch, "up", {"a": failing, "b": region_that_sees("up")})
    assert result.state == "up"
    assert ({Metric.REGION_SILENT: 1}, {}) in published
    assert "a" not in {subject.get("region") for _, subject in published}


def test_too_few_regions_is_unknown(monkeypatch, published):
    """When too few places answer nothing is known."""
    (result,) = check_with(monkeypatch, "down", {"a": failing, "b": failing})
    assert (result.state, result.reason) == ("unknown", "no quorum")
    assert not [subject for values, subject in published if Metric.UP in values and "region" not in subject]
