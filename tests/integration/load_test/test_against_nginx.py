"""Whole tests against a server that nobody here has written, over TLS."""

import pytest

from lambdas.load_test.refused import RefusedError
from lambdas.load_test.settings import Route
from lambdas.vocabulary.load_tests import LoadTestReport, Verdict
from tests.programs import NGINX, needs

pytestmark = needs(NGINX, "nginx")


def test_four_steps_pass(world, nginx):
    report = world.run(Route(nginx.url("/orders"), 3), Route(nginx.url("/products"), 1))
    assert (report.verdict, report.reason, report.knee_multiple) == (Verdict.PASSED, "", None)
    assert [(step.multiple, step.planned, step.sent, step.answered) for step in report.steps] == [
        (1.0, 20, 20, 20),
        (1.25, 25, 25, 25),
        (1.5, 30, 30, 30),
        (2.0, 40, 40, 40),
    ]
    assert report.steps[-1].reused_percent >= 90
    assert 0 < report.steps[0].latency.p50_ms <= report.steps[0].latency.p95_ms


def test_requests_are_marked_and_weighed(world, nginx):
    world.run(Route(nginx.url("/orders"), 3), Route(nginx.url("/products"), 1), mark="shop-2026")
    mark = "junkos-load-test/1|shop-2026|GET"
    assert nginx.asked() == {f"/orders|{mark}": 1 + 86, f"/products|{mark}": 1 + 29}  # one of each is asked before


def test_report_is_kept(world, nginx):
    report = world.run(nginx.url("/orders"))
    (folder,) = {key.rpartition("/")[0] for key in world.kept() if key.endswith("report.json")}
    assert LoadTestReport.from_json(world.kept()[f"{folder}/report.json"]) == report
    assert b"# Load test of prod: passed" in world.kept()[f"{folder}/report.md"]
    assert world.run_record()["doing"] == f"passed, {folder}/"


def test_route_that_redirects_is_refused(world, nginx):
    with pytest.raises(RefusedError, match=r"/moved does not answer as it should: redirect 1"):
        world.run(nginx.url("/orders"), nginx.url("/moved"))
    assert sum(nginx.asked().values()) == 2
    assert not [key for key in world.kept() if key.endswith("report.json")]


def test_loopback_is_refused_without_leave(world, nginx):
    """The name is resolved in the function, and judged by its address there."""
    with pytest.raises(RefusedError, match=r"api\.test is 127\.0\.0\.1, a loopback address"):
        world.run(nginx.url("/orders"), allow_private=False)
    assert not nginx.asked()


def test_wrong_certificate_is_refused(world, nginx):
    with pytest.raises(RefusedError, match=r"connection 1; other\.test: Hostname mismatch"):
        world.run(f"https://other.test:{nginx.port}/orders", hosts=("other.test",))


def test_host_that_the_file_does_not_name_is_refused(world, nginx):
    with pytest.raises(RefusedError, match=r"is not https on one of load_test\.hosts: api\.test"):
        world.run(f"https://other.test:{nginx.port}/orders")
    assert not nginx.asked()


def test_closing_server_is_asked_over_new_connections(world, nginx):
    report = world.run(nginx.url("/closing"))
    assert report.verdict is Verdict.PASSED
    assert {step.reused_percent for step in report.steps} == {0}
