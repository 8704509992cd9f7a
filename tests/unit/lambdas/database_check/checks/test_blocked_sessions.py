from lambdas.database_check.checks import BLOCKED_SESSIONS
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Metric
from tests.unit.lambdas.database_check.cases import DAYS, SESSION, found, judged, published

WAITING = {
    **SESSION,
    "relation": "public.t",
    "kind": "relation",
    "blocked_by": ["8 app"],
    "blockers": 1,
    "seconds": 9.0,
}
WELL = [WAITING]
ILL = [{**WAITING, "seconds": DAYS}] * 3


def test_at_threshold():
    assert judged(BLOCKED_SESSIONS, [{**WAITING, "seconds": 10.0}]) == []


def test_over_threshold():
    assert found(BLOCKED_SESSIONS, [{**WAITING, "seconds": 11.0}]) == (
        Level.MEDIUM,
        Metric.BLOCKED_SESSIONS,
        "session 7 of app (shop) has waited for table public.t for 11 s (threshold 10 s), blocked by 8 app",
    )


def test_those_over_the_threshold_are_counted():
    waiting = [{**WAITING, "seconds": seconds} for seconds in (1.0, 11.0, 12.0)]
    assert published(BLOCKED_SESSIONS, waiting) == {Metric.BLOCKED_SESSIONS: 2}


def test_blockers_beyond_the_first_are_counted():
    (many,) = judged(BLOCKED_SESSIONS, [{**ILL[0], "blocked_by": ["8 app", "9 app"], "blockers": 40}])
    assert many.message.endswith("blocked by 8 app, 9 app, 38 more")


def test_blocker_that_has_ended():
    (none,) = judged(BLOCKED_SESSIONS, [{**ILL[0], "blocked_by": [], "blockers": 0}])
    assert none.message.endswith("blocked by a session that has just ended")
