"""What is made for `[[api.prometheus]]`, and that nothing is without it."""

import json
import tomllib
from pathlib import Path

import pytest
import tomli_w

from cost.assumptions import Assumptions
from cost.bill import month_of
from cost.prices import Price
from cost.templates import Templates
from stacks.application import compose, new_app
from stacks.settings import load
from tests.infra.conftest import of_type, resources_of, synthesized
from tests.infra.test_alarm_catalogue import fires, level_of
from tests.infra.test_producers import PROMETHEUS

PREFIX = "junkos-prod-prometheus-"
WORKER = {
    "name": "the worker",
    "url": "https://worker.junkos.example/metrics",
    "headers": {"Authorization": {"secret": "junkos/prod/metrics-token"}},
    "interval_minutes": 15,
    "series": [
        {"name": "shop_nodejs_eventloop_lag_p99_seconds", "alarm_above": 1},
        {"name": "knex_pool_pending_acquires"},
        {"name": "jobs_waiting"},
    ],
}
ALARMS = """
api-heap-used low 12/12 x 5 min Maximum nodejs_heap_size_total_bytes/Maximum nodejs_heap_size_used_bytes > 97
api-http-request-duration-seconds medium 3/3 x 5 min p95 http_request_duration_seconds > 1
api-nodejs-eventloop-lag-p99-seconds medium 3/3 x 5 min Maximum nodejs_eventloop_lag_p99_seconds > 0.25
api-pg-pool-waiting medium 3/3 x 5 min Maximum pg_pool_waiting > 0
api-unhandled-rejections-total medium 1/1 x 5 min Sum unhandled_rejections_total > 0
faults medium 3/3 x 15 min Maximum scrape_faults > 0
scrape-errors high 1/1 x 5 min Sum Errors > 0
scrape-silent high 3/3 x 5 min Sum Invocations < 1
the-worker-knex-pool-pending-acquires medium 3/3 x 15 min Maximum knex_pool_pending_acquires > 0
the-worker-shop-nodejs-eventloop-lag-p99-seconds medium 3/3 x 15 min Maximum shop_nodejs_eventloop_lag_p99_seconds > 1
"""


@pytest.fixture(scope="module")
def assembly(tmp_path_factory):
    folder = tmp_path_factory.mktemp("prometheus")
    content = tomllib.loads(Path("environments/prod.toml").read_text())
    (folder / "prod.toml").write_text(tomli_w.dumps({**content, "api": {"prometheus": [*PROMETHEUS, WORKER]}}))
    app = new_app(str(folder / "out"))
    compose(app, load("prod", folder))
    return app.synth()


@pytest.fixture(scope="module")
def resources(assembly):
    return resources_of(assembly)


def test_nothing_is_made_without_it():
    assert "rometheus" not in json.dumps([stack.template for stack in synthesized("prod").stacks])


def test_alarms_are_those_that_are_named(resources):
    found = of_type(resources, "AWS::CloudWatch::Alarm").values()
    ours = [alarm for alarm in found if alarm["AlarmName"].startswith(PREFIX)]
    rows = {f"{one['AlarmName'].removeprefix(PREFIX)} {level_of(one)} {fires(one)}" for one in ours}
    assert rows == set(ALARMS.strip().splitlines())


def test_alarms_look_at_the_series_of_their_endpoint(resources):
    found = of_type(resources, "AWS::CloudWatch::Alarm").values()
    (alarm,) = [one for one in found if one["AlarmName"] == f"{PREFIX}the-worker-knex-pool-pending-acquires"]
    assert alarm["Namespace"] == "JunkOS/Prometheus"
    dimensions = {one["Name"]: one["Value"] for one in alarm["Dimensions"]}
    assert dimensions == {"environment": "prod", "job": "the worker"}


def test_one_schedule_for_each_interval(resources):
    found = of_type(resources, "AWS::Scheduler::Schedule").values()
    ours = {one["Name"]: one for one in found if "prometheus" in one["Name"]}
    assert {name: one["ScheduleExpression"] for name, one in ours.items()} == {
        f"{PREFIX}scrape": "rate(5 minutes)",
        f"{PREFIX}scrape-15": "rate(15 minutes)",
    }
    events = [json.loads(one["Target"]["Input"]) for one in ours.values()]
    assert {event["minutes"] for event in events} == {5, 15}
    assert {event["slot"] for event in events} == {"<aws.scheduler.scheduled-time>"}


def test_function_may_read_its_secret_and_keep_its_counters(resources):
    policies = of_type(resources, "AWS::IAM::Policy").values()
    (policy,) = [one for one in policies if "metrics-token" in json.dumps(one)]
    actions = {action for one in policy["PolicyDocument"]["Statement"] for action in _listed(one["Action"])}
    its_own = {action for action in actions if not action.startswith(("logs:", "sqs:"))}
    assert its_own == {"dynamodb:GetItem", "dynamodb:PutItem", "secretsmanager:GetSecretValue"}
    assert "junkos/prod/metrics-token-??????" in json.dumps(policy)


def _listed(action):
    return action if isinstance(action, list) else [action]


def test_every_unlabelled_series_has_a_graph(resources):
    (dashboard,) = of_type(resources, "AWS::CloudWatch::Dashboard").values()
    text = json.dumps(dashboard["DashboardBody"])
    series = [one["name"] for endpoint in (*PROMETHEUS, WORKER) for one in endpoint["series"] if "labels" not in one]
    assert [name for name in series if f": {name}" not in text] == []
    assert "api: heap used" in text


def test_every_series_is_paid_for_once(assembly):
    """Labels by as many combinations as may be published."""
    items = month_of(Templates.in_assembly(assembly), Assumptions()).environment.items
    uses = {use.what: use.quantity for item in items if item.price is Price.METRIC for use in item.uses}
    names = {f"{one['name']} of {endpoint['name']}" for endpoint in (*PROMETHEUS, WORKER) for one in endpoint["series"]}
    assert {what.partition(",")[0] for what in uses} >= names
    assert uses["http_requests_total of api, by route at most"] == 10
    assert uses["pg_pool_waiting of api"] == 1
    assert not [what for what in uses if "nobody looks at it" in what]


def test_the_longest_file_fits_into_the_variables(resources):
    """Lambda takes 4 KB of names and values in all."""
    functions = of_type(resources, "AWS::Lambda::Function").values()
    (function,) = [one for one in functions if one["FunctionName"] == f"{PREFIX}scrape"]
    variables = function["Environment"]["Variables"]
    rest = {name: value for name, value in variables.items() if name != "SOURCES"}
    assert len(json.dumps(rest)) + 3_000 + len("SOURCES") < 4_096
