"""The load test: nothing of it without its section, and with it one function with narrow rights."""

import json
from datetime import timedelta

import pytest

from emulator.cloudwatch.log_patterns import read
from lambdas.load_test.settings import Route, Settings
from tests.infra.conftest import of_type, resources_of, synthesized
from tests.infra.test_incident_evidence import OF_ALL_FUNCTIONS
from tests.infra.test_monitoring_stack import LOAD_BALANCER, filters_of
from tests.infra.test_uptime_stack import synthesized_with
from tests.permissions import Permissions

SECTION = """
[load_test]
hosts = ["api.junkos.example"]
mark = "a-mark"
[[load_test.routes]]
url = "https://api.junkos.example/orders"
weight = 3
[[load_test.routes]]
url = "https://api.junkos.example/products"
"""
FOLDER = "load_test"


@pytest.fixture(scope="module")
def resources(tmp_path_factory):
    return synthesized_with(tmp_path_factory.mktemp("load"), SECTION)


def function_of(resources):
    functions = of_type(resources, "AWS::Lambda::Function").values()
    return next((one for one in functions if one["FunctionName"].endswith("-load-test")), None)


def settings_of(resources):
    """As the function reads them; what CloudFormation puts in stands as a text."""
    variables = function_of(resources)["Environment"]["Variables"]
    return Settings.from_environment(
        {name: value if isinstance(value, str) else "x" for name, value in variables.items()}
    )


def test_there_is_none_without_its_section():
    prod = resources_of(synthesized("prod"))
    assert function_of(prod) is None
    assert not [pattern for pattern in filters_of(prod) if "load_test" in pattern]


@pytest.mark.slow
def test_function_is_told_what_the_file_says(resources):
    settings = settings_of(resources)
    assert settings.hosts == ("api.junkos.example",)
    assert settings.routes == (
        Route("https://api.junkos.example/orders", 3),
        Route("https://api.junkos.example/products", 1),
    )
    assert (settings.mark, settings.step, settings.max_requests) == ("a-mark", timedelta(seconds=120), 100_000)
    assert (settings.max_p95_ms, settings.proven_within) == (1000, timedelta(hours=26))
    assert [series.metric for series in settings.requests] == ["request_duration"]
    assert not settings.requests_count


@pytest.mark.slow
def test_function_has_a_whole_processor_and_no_alarm(resources):
    function = function_of(resources)
    assert (function["MemorySize"], function["Timeout"]) == (1769, 900)
    assert "VpcConfig" not in function
    alarms = [one["AlarmName"] for one in of_type(resources, "AWS::CloudWatch::Alarm").values()]
    assert not [name for name in alarms if "load-test" in name]


@pytest.mark.slow
def test_nobody_invokes_it(resources):
    """A person starts it, and no schedule, rule or queue does."""
    for kind in ("AWS::Scheduler::Schedule", "AWS::Events::Rule", "AWS::Lambda::EventSourceMapping"):
        assert "loadtest" not in json.dumps(list(of_type(resources, kind).values())).lower()


@pytest.mark.slow
def test_rights_are_its_own():
    permissions = Permissions("local", {stack.stack_name: stack.template for stack in synthesized("local").stacks})
    own = {it for it in permissions.grants if it.holder == FOLDER and not it.action.startswith(OF_ALL_FUNCTIONS)}
    backups = "backups"
    assert {(it.action, it.resource) for it in own} == {
        ("cloudwatch:DescribeAlarms", "*"),
        ("cloudwatch:GetMetricData", "*"),
        ("kms:Decrypt", "key/Key"),
        ("s3:GetObject", f"{backups}/*/manifest.json"),
        ("s3:GetObject", f"{backups}/*/verification.json"),
        ("s3:GetObject", "reports/load-test/*"),
        ("s3:ListBucket", backups),
        ("s3:ListBucket", "reports"),
        ("s3:PutObject", "reports/load-test/*"),
    }


@pytest.mark.slow
def test_marked_requests_are_left_out_of_every_count(resources):
    line = {"event": "request", "environment": "prod", "route": "/orders", "status": 503, "duration_ms": 12}
    filters = {one["MetricName"]: read(text) for text, one in filters_of(resources).items() if '"request"' in text}
    counted = {
        mark: {metric for metric, holds in filters.items() if holds(json.dumps(line | extra))}
        for mark, extra in {"none": {}, "false": {"load_test": False}, "true": {"load_test": True}}.items()
    }
    assert counted["none"] == counted["false"] != set()
    assert counted["true"] == set()


@pytest.mark.slow
@pytest.mark.parametrize("ignored", [0, 10])
def test_longest_routes_fit_one_pattern(tmp_path, ignored):
    """Of 1 024 characters."""
    names = [f"/{'x' * 47}{number:02}" for number in range(10)]
    routes = f"routes = {json.dumps(names[ignored:])}\nignored_routes = {json.dumps(names[:ignored])}"
    assert max(map(len, filters_of(synthesized_with(tmp_path, f"\n[api]\n{routes}\n{SECTION}")))) <= 1024


@pytest.mark.slow
def test_longest_section_fits_its_variables(tmp_path):
    """Of 4 096 characters, names and values."""
    host = "api.junkos.example"
    urls = [f"https://{host}/{number:02}{'x' * 58}" for number in range(20)]
    routes = "".join(f'[[load_test.routes]]\nurl = "{url}"\nweight = 100\n' for url in urls)
    resources = synthesized_with(
        tmp_path, f'[load_test]\nhosts = ["{host}"]\nmark = "{"m" * 64}"\n{routes}{LOAD_BALANCER}'
    )
    variables = function_of(resources)["Environment"]["Variables"]
    assert sum(len(name) + len(json.dumps(value)) for name, value in variables.items()) < 4096
    assert settings_of(resources).requests_count  # AWS's own metrics know of no mark
