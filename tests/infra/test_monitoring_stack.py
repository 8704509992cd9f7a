"""What is counted of the API, what is alarmed about it, what its users are promised and what is asked of its log."""

import json
import re
from pathlib import Path

import pytest

from emulator.cloudwatch.log_patterns import read
from lambdas.error_budget.objective import Objective, Promise
from lambdas.vocabulary.log_contract import Field
from stacks.settings import SettingsError, load
from tests.infra.conftest import of_type, resources_of, synthesized
from tests.infra.test_uptime_stack import synthesized_with

LOAD_BALANCER = '\n[api]\nsource = "alb"\nload_balancer = "app/junkos/50dc6c495c0c9188"\n'


@pytest.fixture(scope="module")
def prod():
    return resources_of(synthesized("prod"))


def alarms_of(resources):
    return {one["AlarmName"]: one for one in of_type(resources, "AWS::CloudWatch::Alarm").values()}


def filters_of(resources):
    """Metric name, value and dimensions of each filter of the API's log by its pattern."""
    return {one["FilterPattern"]: one["MetricTransformations"][0] for one in filters_of_the_api(resources)}


def filters_of_the_api(resources):
    filters = of_type(resources, "AWS::Logs::MetricFilter").values()
    return [one for one in filters if one["FilterName"].startswith("junkos-prod-api-")]


def test_request_is_measured_once(prod):
    """A request is measured once and judged by its status."""
    counted = {
        pattern: (one["MetricName"], one["MetricValue"])
        for pattern, one in filters_of(prod).items()
        if '"request"' in pattern
    }
    held = '{ ($.event = "request") && ($.environment = "prod") && '
    assert counted == {
        held + "($.duration_ms >= 0) }": ("request_duration", "$.duration_ms"),
        held + "($.status >= 500) }": ("request_failed", "1"),
        held + "($.status < 500) }": ("request_failed", "0"),
        held + "($.status >= 400) && ($.status < 500) }": ("request_refused", "1"),
    }


def test_filters_are_bound_to_their_environment(prod):
    """Every filter is held to its environment and has no other dimension."""
    for pattern, one in filters_of(prod).items():
        assert '($.environment = "prod")' in pattern
        assert one["Dimensions"] == [{"Key": "environment", "Value": "$.environment"}]
        assert one["MetricNamespace"] == "JunkOS"


def test_security_events_are_counted_one_by_one(prod):
    counted = {one["MetricName"] for pattern, one in filters_of(prod).items() if '"request"' not in pattern}
    assert counted == {"failed_logins", "suspicious_requests", "privilege_changes"}


def test_backend_writes_its_log_group_only(prod):
    """The backend may write to its log group and nowhere else."""
    (policy,) = (
        one for key, one in of_type(prod, "AWS::IAM::ManagedPolicy").items() if key[0] == "junkos-prod-monitoring"
    )
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert "logs:PutLogEvents" in statement["Action"]
    (group,) = (
        key[1] for key, one in of_type(prod, "AWS::Logs::LogGroup").items() if one["LogGroupName"].endswith("/backend")
    )
    assert statement["Resource"] == {"Fn::GetAtt": [group, "Arn"]}


@pytest.mark.slow
def test_named_routes_are_separate(tmp_path):
    """Named routes are distinguished and all others are one."""
    routes = '\n[api]\nroutes = ["/orders", "/orders/{number}"]\n'
    filters = filters_of(synthesized_with(tmp_path, routes))
    by_route = {p: one for p, one in filters.items() if "$.route = " in p}
    assert {one["MetricName"] for one in by_route.values()} == {"request_duration"}
    assert all({"Key": "route", "Value": "$.route"} in one["Dimensions"] for one in by_route.values())
    (others,) = (one for p, one in filters.items() if "$.route != " in p)
    assert others["MetricName"] == "request_duration_of_other_routes"
    assert len(filters) == 10


@pytest.mark.slow
def test_health_checks_can_be_excluded(tmp_path):
    """Health checks count in no signal when they are left out."""
    left_out = '\n[api]\nroutes = ["/orders"]\nignored_routes = ["/health", "/ready"]\n'
    filters = filters_of(synthesized_with(tmp_path, left_out))
    lines = {
        route: json.dumps({"event": "request", "environment": "prod", "route": route, "status": 503, "duration_ms": 12})
        for route in ("/orders", "/users", "/health", "/ready")
    }
    counted = {
        route: {one["MetricName"] for text, one in filters.items() if read(text)(line)} for route, line in lines.items()
    }
    all_requests = {"request_duration", "request_failed"}
    assert counted["/orders"] == all_requests
    assert counted["/users"] == {*all_requests, "request_duration_of_other_routes"}
    assert counted["/health"] == counted["/ready"] == set()


@pytest.mark.slow
@pytest.mark.parametrize("ignored", [0, 5, 10])
def test_longest_routes_fit_one_pattern(tmp_path, ignored):
    """The longest routes that are allowed fit into one pattern."""
    names = [f"/{'x' * 47}{number:02}" for number in range(10)]
    routes = f"routes = {json.dumps(names[ignored:])}\nignored_routes = {json.dumps(names[:ignored])}"
    filters = filters_of(synthesized_with(tmp_path, f"\n[api]\n{routes}\n"))
    assert max(map(len, filters)) <= 1024


@pytest.mark.slow
def test_existing_log_group_is_reused(tmp_path):
    """A log group that is there already is not made again."""
    resources = synthesized_with(tmp_path, '\n[api]\nlog_group = "/ecs/junkos"\n')
    assert not any(one["LogGroupName"] == "/ecs/junkos" for one in of_type(resources, "AWS::Logs::LogGroup").values())
    assert {one["LogGroupName"] for one in filters_of_the_api(resources)} == {"/ecs/junkos"}


def test_rates_alarm_above_traffic_floor(prod):
    """Rates are alarmed above a floor of traffic only."""
    alarms = alarms_of(prod)
    limits = {
        name: (alarms[f"junkos-prod-api-{name}"]["Threshold"], alarms[f"junkos-prod-api-{name}"]["AlarmDescription"])
        for name in ("error-rate", "error-rate-critical", "errors", "errors-critical", "latency-p95")
    }
    told = {name: (limit, text.splitlines()[0].removeprefix("Level: ")) for name, (limit, text) in limits.items()}
    assert told == {
        "error-rate": (5, "high"),
        "error-rate-critical": (10, "critical"),
        "errors": (10, "high"),
        "errors-critical": (50, "critical"),
        "latency-p95": (1000, "medium"),
    }
    assert "IF(FILL(requests0, 0) >= 20, " in json.dumps(alarms["junkos-prod-api-error-rate"]["Metrics"])
    assert alarms["junkos-prod-api-latency-p95"]["ExtendedStatistic"] == "p95"


def test_failing_includes_critically_failing(prod):
    """The api does not stop failing when it fails critically."""
    composites = of_type(prod, "AWS::CloudWatch::CompositeAlarm").values()
    (failing,) = (one for one in composites if one["AlarmName"] == "junkos-prod-api-failing")
    rule = json.dumps(failing["AlarmRule"])
    assert "NOT" not in rule
    assert "Critical" not in rule  # in the logical ids of its parts
    assert rule.count("ALARM(") == 2


def test_silent_log_is_an_alarm(prod):
    """A log that falls silent is an alarm and not an hour without errors."""
    silent = alarms_of(prod)["junkos-prod-api-silent"]
    assert silent["TreatMissingData"] == "breaching"
    assert (silent["MetricName"], silent["Statistic"], silent["Threshold"]) == ("request_duration", "SampleCount", 1)


@pytest.mark.slow
def test_traffic_band_can_be_disabled(prod, tmp_path):
    """Traffic is held to a band that can be switched off."""
    band = alarms_of(prod)["junkos-prod-api-traffic"]
    assert band["ComparisonOperator"] == "LessThanLowerOrGreaterThanUpperThreshold"
    assert "ANOMALY_DETECTION_BAND(m0, 4)" in json.dumps(band["Metrics"])
    assert band["ThresholdMetricId"]
    without = synthesized_with(tmp_path, "\n[api]\ntraffic_anomaly = false\n")
    assert "junkos-prod-api-traffic" not in alarms_of(without)


@pytest.mark.slow
def test_load_balancer_mode_needs_no_log(tmp_path):
    """Behind a load balancer its own errors count and no log is needed."""
    resources = synthesized_with(tmp_path, LOAD_BALANCER)
    rate = json.dumps(alarms_of(resources)["junkos-prod-api-error-rate"]["Metrics"])
    for metric in ("RequestCount", "HTTPCode_Target_5XX_Count", "HTTPCode_ELB_5XX_Count"):
        assert f'"MetricName": "{metric}"' in rate
    latency = alarms_of(resources)["junkos-prod-api-latency-p95"]
    assert (latency["MetricName"], latency["Threshold"]) == ("TargetResponseTime", 1)  # it counts seconds
    assert not any('"request"' in pattern for pattern in filters_of(resources))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "dimension", "metrics"),
    [
        ('rest_api = "junkos"\nstage = "prod"', {"ApiName": "junkos", "Stage": "prod"}, {"Count", "5XXError"}),
        ('http_api = "a1b2c3d4e5"', {"ApiId": "a1b2c3d4e5"}, {"Count", "5xx"}),
    ],
)
def test_gateway_types_keep_their_names(tmp_path, text, dimension, metrics):
    """Rest and http apis are named as api gateway names them."""
    resources = synthesized_with(tmp_path, f'\n[api]\nsource = "apigateway"\n{text}\n')
    queries = alarms_of(resources)["junkos-prod-api-error-rate"]["Metrics"]
    asked = [query["MetricStat"]["Metric"] for query in queries if "MetricStat" in query]
    assert {metric["MetricName"] for metric in asked} == metrics
    assert all({one["Name"]: one["Value"] for one in metric["Dimensions"]} == dimension for metric in asked)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('[api]\nsource = "alb"', "needs load_balancer"),
        ('[api]\nsource = "apigateway"', "needs either rest_api or http_api"),
        ('[api]\nstage = "prod"', 'stage needs source = "apigateway"'),
        ('[api]\nroutes = ["orders"]', "a route template, such as /orders/{number}"),
        ('[api]\nroutes = ["/a"]\nignored_routes = ["/a"]', "/a is in routes and in ignored_routes"),
        (f'[api]\nroutes = ["/{"x" * 300}"]\nignored_routes = ["/{"y" * 300}"]', "500 characters in all at most"),
        (
            '[api]\nsource = "alb"\nload_balancer = "app/junkos/50dc6c495c0c9188"\nignored_routes = ["/a"]',
            'needs source = "logs"',
        ),
        ("[api]\nerror_percent = 20", "must be more than error_percent (20)"),
        ('[objectives]\nendpoint = "web"', "must be one of those that are probed (api)"),
    ],
)
def test_contradicting_settings_are_refused(tmp_path, text, reason):
    """Settings that contradict themselves are one clear line."""
    (tmp_path / "prod.toml").write_text(f"{Path('environments/prod.toml').read_text()}\n{text}\n")
    with pytest.raises(SettingsError, match=re.escape(reason)):
        load("prod", tmp_path)


def objectives(resources):
    (function,) = (
        one
        for one in of_type(resources, "AWS::Lambda::Function").values()
        if one.get("FunctionName") == "junkos-prod-error-budget"
    )
    written = json.loads(function["Environment"]["Variables"]["OBJECTIVES"])
    return [Objective.from_json(text) for text in written]


def test_objectives_need_few_series(prod):
    """Two promises are held to two sides with few series."""
    found = objectives(prod)
    assert [(one.promise, one.seen_by) for one in found] == [
        ("availability", "api"),
        ("latency", "api"),
        ("availability", "probes of api"),
        ("latency", "probes of api"),
    ]
    assert len({series for one in found for series in one.series}) == 6  # each is paid for


def test_objective_counts_are_published(prod):
    """What an objective counts is published by somebody."""
    published = {one["MetricName"] for one in filters_of(prod).values()} | {"up", "latency_ms"}
    for one in objectives(prod):
        for series in one.series:
            assert series.metric in published
            assert dict(series.dimensions)["environment"] == "prod"


def test_burn_alarms_have_their_levels(prod):
    """A fast burn calls and a slow one waits and silence is its own alarm."""
    alarms = alarms_of(prod)
    for promise in Promise:
        for speed, level in (("fast", "high"), ("slowly", "low")):
            alarm = alarms[f"junkos-prod-budget-{promise}-burns-{speed}"]
            assert alarm["AlarmDescription"].startswith(f"Level: {level}\n")
            assert {"Name": "objective", "Value": promise} in alarm["Dimensions"]
            assert alarm["TreatMissingData"] == "notBreaching"
    for function in ("error-budget", "status-page"):
        silent = alarms[f"junkos-prod-{function}-silent"]
        assert (silent["MetricName"], silent["TreatMissingData"]) == ("Invocations", "breaching")


COMMANDS = {"filter", "fields", "stats", "sort", "limit", "parse", "display"}


def queries_of(resources):
    return {one["Name"]: one for one in of_type(resources, "AWS::Logs::QueryDefinition").values()}


def test_saved_queries_are_in_environment_folder(prod):
    """Saved queries lie in a folder of their environment."""
    assert {name.partition("/")[0] for name in queries_of(prod)} == {"junkos-prod"}
    assert {name.partition("/")[2] for name in queries_of(prod)} >= {
        "errors by route",
        "slow requests",
        "one request across services",
        "failed logins by address",
        "failed logins by user",
        "slow statements in the database's log",
    }


def test_every_saved_query_is_in_the_documents(prod):
    operations = Path("docs/operations.md").read_text()
    assert [name for name in queries_of(prod) if f"`{name.partition('/')[2]}`" not in operations] == []


def test_saved_query_uses_contract_fields(prod):
    """A saved query asks for fields of the contract only."""
    for name, query in queries_of(prod).items():
        steps = query["QueryString"].split("\n| ")
        assert {step.split()[0] for step in steps} <= COMMANDS, name
        if query["LogGroupNames"] != ["/junkos/prod/backend"]:
            continue
        made = set(re.findall(r" as (\w+)", query["QueryString"]))
        for step in steps:
            bare = re.sub(r'"[^"]*"', "", step)
            words = set(re.findall(r"(?<![@\w.])[a-z_][a-z_0-9]*(?:\.[a-z_]+)*(?!\w*\()", bare))
            syntax = {"and", "as", "by", "in", "like", "desc", "asc", *COMMANDS}
            assert words - made - syntax <= set(Field), (name, step)
