from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.health_check.endpoints import endpoint_from
from lambdas.health_check.health_body import failing_checks, is_failing, named_checks
from lambdas.health_check.report import metrics_of
from lambdas.health_check.results import Result
from lambdas.shared.guarded_http.errors import ProbeError
from lambdas.shared.guarded_http.header_values import HeaderValues
from lambdas.shared.guarded_http.headers import Reference, Store
from lambdas.shared.guarded_http.stopwatch import Timings
from lambdas.vocabulary.endpoints import Reason, State
from lambdas.vocabulary.metrics import Metric

MOMENT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TIMINGS = Timings(dns=1, connect=2, tls=3, first_byte=4, total=11)


def numbers(state, **more):
    return metrics_of(Result("api", State(state), MOMENT, timings=TIMINGS, **more), phases=more.pop("phases", False))


def test_up_in_numbers():
    assert numbers("up") == {Metric.UP: 1, Metric.LATENCY: 11}


@pytest.mark.parametrize(("days", "published"), [(30.5, {}), (30.0, {}), (29.9, {Metric.CERTIFICATE_DAYS_LEFT: 29.9})])
def test_certificate_counts_from_first_limit(days, published):
    """A certificate is counted from its first limit on."""
    result = Result("api", State.UP, MOMENT, timings=TIMINGS, certificate_days_left=days)
    values = metrics_of(result, phases=False, warning_days=30)
    assert values == {Metric.UP: 1, Metric.LATENCY: 11, **published}


def test_region_publishes_up_and_latency():
    """A place says what is graphed by place and no more."""
    result = Result("api", State.DEGRADED, MOMENT, region="eu-west-1", timings=TIMINGS, certificate_days_left=1)
    assert metrics_of(result, phases=True, warning_days=30) == {Metric.UP: 1, Metric.LATENCY: 11}


def test_the_phases_are_added_when_asked_for():
    values = metrics_of(Result("api", State.UP, MOMENT, timings=Timings(connect=2, total=3)), phases=True)
    assert values[Metric.LATENCY_CONNECT] == 2
    assert Metric.LATENCY_TLS not in values


def test_slow_and_degraded_are_up():
    assert numbers("slow", slow=True) == {Metric.UP: 1, Metric.LATENCY: 11}
    assert numbers("degraded", slow=True) == {Metric.UP: 1, Metric.DEGRADED: 1, Metric.LATENCY: 11}


def test_down_has_no_latency():
    assert numbers("down", reason=Reason.REFUSED) == {Metric.UP: 0}


def test_unknown_is_no_number():
    assert numbers("unknown", reason=Reason.NOT_FINISHED) == {}


@pytest.mark.parametrize(
    ("body", "failing", "names"),
    [
        ({"status": "ok", "checks": {"database": {"status": "ok"}}}, False, ()),
        ({"status": "DEGRADED"}, True, ()),
        ({"status": "ok", "checks": {"database": "down", "disk": True}}, True, ("database",)),
        ({"checks": {"a": False, "b": [{"status": "pass"}, {"status": "fail"}], "c": None}}, True, ("a", "b")),
        ({"checks": {f"c{number}": False for number in range(50)}}, True, tuple(f"c{number}" for number in range(10))),
        ({"checks": ["down"]}, False, ()),
        (
            {
                "status": "DOWN",
                "checks": [{"name": "db", "status": "DOWN", "data": {}}, {"name": "mq", "status": "UP"}],
            },
            True,
            ("db",),
        ),
        ({"status": "UP", "checks": []}, False, ()),
        ({"status": "UP", "checks": [{"name": "db", "status": "UP"}]}, False, ()),
        ({"status": "UP", "checks": [{"status": "UP"}, {"name": {}, "status": "DOWN"}]}, True, ("checks[1]",)),
        ({"checks": [{"name": "a", "status": "DOWN"}] * 3}, True, ("a",)),
        (
            {
                "status": "DOWN",
                "components": {
                    "db": {"status": "DOWN", "details": {"error": "refused"}},
                    "diskSpace": {"status": "UP", "details": {"free": 1}},
                    "mail": {"status": "OUT_OF_SERVICE"},
                },
            },
            True,
            ("db", "mail"),
        ),
        (
            {
                "status": "DOWN",
                "components": {
                    "db": {
                        "status": "DOWN",
                        "components": {"primary": {"status": "UP"}, "replica": {"status": "DOWN", "details": {}}},
                    }
                },
            },
            True,
            ("db/replica",),
        ),
        ({"status": "UP", "components": {}, "groups": ["liveness", "readiness"]}, False, ()),
        ({"status": "DOWN", "details": {"db": {"status": "DOWN"}, "disk": {"status": "UP"}}}, True, ("db",)),
        ({"status": "error", "info": {}, "details": {"redis": {"status": "down"}}}, True, ("redis",)),
        (
            {"status": "Unhealthy", "totalDuration": "0", "entries": {"sql": {"data": {}, "status": "Unhealthy"}}},
            True,
            ("sql",),
        ),
        ({"status": "Unhealthy", "results": {"sql": {"status": "Unhealthy"}}}, True, ("sql",)),
        ({"results": [{"name": "import", "status": "failed"}], "details": {"a": False}}, False, ()),
        (
            {"status": "fail", "checks": {"db:time": [{"status": "fail"}], "cpu": [{"status": "pass"}]}},
            True,
            ("db:time",),
        ),
        ({"status": {"status": "down"}}, False, ()),
        ({"status": "shipped"}, False, ()),
        ([{"status": "down"}], False, ()),
        ("down", False, ()),
    ],
)
def test_health_bodies(body, failing, names):
    assert is_failing(body) == failing
    assert failing_checks(body) == names


@pytest.mark.parametrize(
    ("body", "names"),
    [
        (
            {"status": "ok", "checks": {"database": {"status": "ok"}, "disk": True, "queue": {"depth": 3}}},
            ("database", "disk"),
        ),
        ({"status": "UP", "components": {"db": {"status": "UP"}}, "groups": ["liveness"]}, ("db",)),
        ({"status": "ok", "info": {"redis": {"status": "up"}}, "details": {"redis": {"status": "up"}}}, ("redis",)),
        ({"checks": [{"name": "db", "status": "DOWN"}, {"status": "UP"}]}, ("db", "checks[1]")),
        ({"status": "pass", "checks": {"db:time": [{"status": "pass"}]}}, ("db:time",)),
        ({"checks": {f"c{number}": True for number in range(50)}}, tuple(f"c{number}" for number in range(20))),
        ({"status": "ok"}, ()),
        ("ok", ()),
    ],
)
def test_health_body_names_what_it_checks(body, names):
    assert named_checks(body) == names


DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.sampled_from(["UP", "DOWN", "ok", "fail"]) | st.integers(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["status", "name", "checks", "components", "details", "db"]), inner, max_size=5
        )
    ),
    max_leaves=40,
)


@given(DOCUMENTS)
def test_health_body_names_ten_checks(document):
    """Any document names at most ten and only of a failing body."""
    names = failing_checks(document)
    assert len(names) <= 10
    assert not names or is_failing(document)


HEADERS = {"Authorization": Reference(Store.SECRET, "token")}


def test_secret_is_cached_until_rejected():
    """A secret is read once and anew after it was rejected."""
    asked = []
    values = HeaderValues({Store.SECRET: lambda name: asked.append(name) or f"value {len(asked)}\n"})
    assert not values.are_known(HEADERS)
    assert [values.of(HEADERS) for _ in range(2)] == [{"Authorization": "value 1"}] * 2
    assert values.are_known(HEADERS)
    values.forget(HEADERS)
    assert values.of(HEADERS) == {"Authorization": "value 2"}


def test_unreadable_secret_is_probers_fault():
    """A secret that cannot be read is the prober's fault and not quoted."""

    def read(_name):
        raise RuntimeError("s3cret-detail")

    with pytest.raises(ProbeError) as failed:
        HeaderValues({Store.SECRET: read}).of(HEADERS)
    assert failed.value.reason.state is State.UNKNOWN
    assert "s3cret-detail" not in failed.value.detail
    assert "secret 'token' cannot be sent: RuntimeError" in failed.value.detail


def test_reference_names_its_store():
    """A reference says where its value is kept."""
    entry = {"name": "api", "url": "https://x.example/", "headers": {"Authorization": {"secret": "token"}}}
    assert endpoint_from(entry).headers == HEADERS
