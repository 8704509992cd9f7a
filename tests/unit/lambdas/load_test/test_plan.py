"""How many requests, and which."""

from datetime import timedelta
from itertools import islice
from types import SimpleNamespace

import pytest

from lambdas.load_test.plan import Busiest, PlannedStep, plan
from lambdas.load_test.refused import RefusedError
from lambdas.load_test.request import request_from
from lambdas.load_test.routes import asks_of, in_turns
from lambdas.load_test.settings import Route

SETTINGS = SimpleNamespace(step=timedelta(seconds=120), max_requests=100_000)


def test_steps_are_multiples_of_the_busiest_minute():
    steps = plan(SETTINGS, Busiest(600))
    assert [(step.multiple, step.per_minute, step.requests) for step in steps] == [
        (1.0, 600, 1200),
        (1.25, 750, 1500),
        (1.5, 900, 1800),
        (2.0, 1200, 2400),
    ]


def test_requests_are_due_at_equal_distances():
    assert list(PlannedStep(1, 120, 2).moments(10.0)) == [10.0, 10.5, 11.0, 11.5]


def test_more_requests_than_allowed_are_refused():
    settings = SimpleNamespace(step=timedelta(seconds=120), max_requests=6_899)
    with pytest.raises(RefusedError, match=r"needs 6900 requests and load_test\.max_requests allows 6899"):
        plan(settings, Busiest(600))


def test_more_than_a_processor_holds_is_refused():
    with pytest.raises(RefusedError, match="is 60002 requests a minute, and one function asks 60000 at most"):
        plan(SimpleNamespace(step=timedelta(seconds=1), max_requests=10**9), Busiest(30_001))


def test_routes_take_turns_by_weight():
    routes = [Route("https://a.example/x", 5), Route("https://a.example/y", 1), Route("https://a.example/z?q=1", 1)]
    asks = asks_of(routes, ("a.example",), {})
    chosen = [ask.url[-1] if "?" not in ask.url else "z" for ask in islice(in_turns(routes, asks), 14)]
    assert "".join(chosen) == "xxyxzxx" * 2


def test_request_has_path_query_and_host():
    (ask,) = asks_of([Route("https://a.example:8443/z?q=1")], ("a.example",), {"User-Agent": "x"})
    assert (ask.host, ask.port, ask.request.target) == ("a.example", 8443, b"/z?q=1")
    assert list(ask.request.headers) == [(b"host", b"a.example:8443"), (b"user-agent", b"x")]


@pytest.mark.parametrize("url", ["https://b.example/", "http://a.example/", "https://a.example.b.example/"])
def test_other_host_is_refused(url):
    with pytest.raises(RefusedError, match=r"is not https on one of load_test\.hosts: a\.example"):
        asks_of([Route(url)], ("a.example",), {})


@pytest.mark.parametrize("rate", ["600", 0, -1, True, [1]])
def test_rate_that_is_none_is_refused(rate):
    with pytest.raises(RefusedError, match="is not a number above 0"):
        request_from({"busiest_per_minute": rate}, "id")


def test_invocation_is_the_id_of_a_nameless_test():
    assert (request_from({}, "id").id, request_from({"id": "one"}, "id").id) == ("id", "one")
