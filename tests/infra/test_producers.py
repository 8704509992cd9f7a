"""Every alarm on a metric of ours has a function that really emits it, with these dimensions and in this unit."""

import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
import tomli_w
from aws_lambda_powertools.metrics import EphemeralMetrics

from lambdas.shared import observability
from lambdas.vocabulary.metrics import Dimension, Log, Metric, Unit, is_scraped
from lambdas.vocabulary.names import ServiceNames
from stacks.application import compose, new_app
from stacks.settings import load
from tests.infra.conftest import ENVIRONMENTS, of_type, resources_of, synthesized
from tests.producers import Deployment, emissions, producers, watched_by, without_producer

OF_LOGS = {metric for metric in Metric if isinstance(metric.needs, Log)}
"""Made by filters of the API's and the database's logs: no function emits them."""


PROMETHEUS = [
    {
        "name": "api",
        "url": "https://api.junkos.example/metrics",
        "series": [
            {"name": "nodejs_eventloop_lag_p99_seconds"},
            {"name": "nodejs_heap_size_used_bytes"},
            {"name": "nodejs_heap_size_total_bytes"},
            {"name": "pg_pool_waiting"},
            {"name": "unhandled_rejections_total", "alarm_above": 0},
            {"name": "http_requests_total", "labels": ["route"]},
            {"name": "http_request_duration_seconds", "kind": "histogram", "alarm_above": 1},
        ],
    }
]


def deployment(name):
    return Deployment.of(load(name), [stack.template for stack in synthesized(name).stacks])


def alarms(assembly):
    """Of the metrics that functions emit; those of logs are made by filters."""
    found = of_type(resources_of(assembly), "AWS::CloudWatch::Alarm").values()
    return [
        alarm for alarm in found if not any(f" {metric} in " in it for metric in OF_LOGS for it in watched_by(alarm))
    ]


@pytest.fixture(scope="module")
def all_on(tmp_path_factory):
    """Production with what is off by default: other regions, a channel of our own, routes, latency's phases."""
    folder = tmp_path_factory.mktemp("all_on")
    more = {
        "uptime": {"probe_regions": ["eu-west-1", "eu-north-1"], "quorum": 2},
        "alerts": {"channels": [{"kind": "pagerduty", "name": "on-call", "secret": "on-call"}]},
        "api": {"routes": ["/orders"], "prometheus": PROMETHEUS},
    }
    content = tomllib.loads(Path("environments/prod.toml").read_text())
    text = tomli_w.dumps(content | {name: content.get(name, {}) | more[name] for name in more})
    (folder / "prod.toml").write_text(text)
    app, environment = new_app(str(folder / "out")), load("prod", folder)
    compose(app, environment)
    assembly = app.synth()
    found = Deployment.of(environment, [stack.template for stack in assembly.stacks])
    with_phases = {**found.variables["health_check"], "PHASE_METRICS": "true"}
    return assembly, replace(found, variables={**found.variables, "health_check": with_phases})


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_every_alarm_has_a_producer(name):
    assert without_producer(alarms(synthesized(name)), emissions(deployment(name))) == []


@pytest.mark.slow
def test_alarms_of_everything_have_producers(all_on):
    """Every alarm of an environment with everything has a producer."""
    assembly, found = all_on
    assert without_producer(alarms(assembly), emissions(found)) == []


@pytest.mark.slow
def test_every_metric_is_produced(all_on):
    """Every word for a metric is emitted by a function or made from logs."""
    found = [all_on[1], *map(deployment, ENVIRONMENTS)]
    ours = [it for one in found for it in emissions(one) if not is_scraped(it.namespace)]
    emitted = {Metric(emission.metric) for emission in ours}
    assert set(Metric) - emitted == OF_LOGS


@pytest.mark.slow
def test_filter_metrics_have_their_unit(all_on):
    """What filters of logs make is in its unit."""
    filters = of_type(resources_of(all_on[0]), "AWS::Logs::MetricFilter").values()
    made = {(each["MetricName"], each["Unit"]) for one in filters for each in one["MetricTransformations"]}
    assert made == {(metric, metric.unit) for metric in OF_LOGS}


def test_every_function_that_publishes_is_run_here():
    imports = re.compile(r"from lambdas\.shared\.observability import .*\bpublish\b")
    publishing = {path.parts[1] for path in Path("lambdas").rglob("*.py") if imports.search(path.read_text())}
    assert publishing == {producer.__name__.rpartition(".")[2] for producer in producers()}


def test_metrics_are_sent_often_enough():
    """What alarms look for every five minutes is sent as often."""
    schedules = of_type(resources_of(synthesized("prod")), "AWS::Scheduler::Schedule").values()
    quick = {one["Name"] for one in schedules if one["ScheduleExpression"] == "rate(5 minutes)"}
    looked_at = ("health-check", "database-check", "error-budget", "status-page")
    others = {"error-digest"}  # it sends what a storm of new issues held back
    assert quick == {f"junkos-prod-{name}" for name in (*looked_at, *others)}


@pytest.mark.slow
def test_the_worst_is_worse_than_the_good(all_on):
    assert [str(it) for it in emissions(all_on[1]) if it.worst is None or it.worst == it.good] == []


@pytest.fixture(scope="module")
def alarmed():
    return alarms(synthesized("prod"))


def names(lines):
    return {line.partition(":")[0] for line in lines}


def watching(alarmed, text):
    return {alarm["AlarmName"] for alarm in alarmed for it in watched_by(alarm) if text in it}


def mutate(monkeypatch, **methods):
    """Let the functions write their metrics with a changed `add_metric` or `add_dimension`."""
    monkeypatch.setattr(observability, "EphemeralMetrics", type("Mutated", (EphemeralMetrics,), methods))


@pytest.fixture(scope="module")
def watched():
    """The names of our metrics that production's alarms watch, those of logs aside."""
    found = alarms(synthesized("prod"))
    return sorted({it.split()[1] for alarm in found for it in watched_by(alarm)})


@pytest.mark.slow
def test_missing_metric_is_reported(monkeypatch, alarmed, watched):
    """A metric that a function no longer writes is reported and no other."""
    assert watched
    for metric in watched:

        def add_metric(self, name, unit, value, *, gone=metric):
            if name != gone:
                EphemeralMetrics.add_metric(self, name, unit, value)
            elif len(self.metric_set) == 0:  # a line must hold something
                EphemeralMetrics.add_metric(self, "something", unit, value)

        mutate(monkeypatch, add_metric=add_metric)
        reported = without_producer(alarmed, emissions(deployment("prod")))
        assert names(reported) == watching(alarmed, f"{ServiceNames().namespace} {metric} in "), metric


@pytest.mark.slow
def test_changed_unit_is_reported(monkeypatch, alarmed, watched):
    """A unit that a function changes is reported and no other."""
    for metric in watched:
        with monkeypatch.context() as changed:
            changed.setattr(Metric(metric), "unit", Unit.NONE)
            reported = without_producer(alarmed, emissions(deployment("prod")))
        assert names(reported) == watching(alarmed, f"{ServiceNames().namespace} {metric} in "), metric


@pytest.mark.parametrize("dimension", [Dimension.ENVIRONMENT, Dimension.DATABASE, Dimension.ENDPOINT])
def test_renamed_dimension_is_reported(monkeypatch, alarmed, dimension):
    """A dimension that a function renames is reported and no other."""

    def add_dimension(self, name, value):
        EphemeralMetrics.add_dimension(self, "renamed" if name == dimension else name, value)

    mutate(monkeypatch, add_dimension=add_dimension)
    reported = without_producer(alarmed, emissions(deployment("prod")))
    assert reported
    assert names(reported) == watching(alarmed, f"{dimension}=")
