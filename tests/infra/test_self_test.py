"""What the self-test may, when it runs, and that nobody is called for it."""

import json

import pytest
from aws_cdk import Stack, aws_s3

from lambdas.vocabulary.levels import Level
from stacks.alerting_stack import AlertingStack
from stacks.application import new_app
from stacks.functions.self_test import SelfTest
from stacks.platform.platform import Platform
from stacks.platform.schedules import scheduler_role
from stacks.settings import load
from stacks.settings.schedule import longest_interval
from tests.infra.test_permissions import everywhere, named_in_vain
from tests.permissions import Permissions

FOLDER = "self_test"
OF_ALL_FUNCTIONS = ("logs:CreateLogStream", "logs:PutLogEvents", "sqs:")


class Deployed:
    """The function in a stack of its own, in an environment of which sections are changed."""

    def __init__(self, name="local", **changed):
        environment = load(name)
        environment = environment.model_copy(update=changed)
        app = new_app()
        alerting = AlertingStack(app, f"junkos-{name}-alerting", environment=environment)
        stack = Stack(app, f"junkos-{name}-reviews")
        reports = aws_s3.Bucket.from_bucket_name(stack, "Reports", f"junkos-{name}-reports")
        platform = Platform.of(stack, environment, alerting.alarms)
        function = SelfTest(stack, platform=platform, reports=reports, medium=alerting.alarms.topics[Level.MEDIUM])
        function.run_on_schedule(scheduler_role(stack, environment, "reviews"))
        templates = {each.stack_name: each.template for each in app.synth().stacks}
        self.template = templates[stack.stack_name]
        self.permissions = Permissions(name, templates)

    @property
    def own(self):
        """Action and resource, without what every function may."""
        grants = {it for it in self.permissions.grants if it.holder == FOLDER}
        return {(it.action, it.resource) for it in grants if not it.action.startswith(OF_ALL_FUNCTIONS)}

    def of_type(self, kind):
        return [one["Properties"] for one in self.template["Resources"].values() if one["Type"] == kind]


@pytest.fixture(scope="module")
def deployed():
    return Deployed()


def test_it_invokes_three_functions_and_changes_nothing(deployed):
    functions = {resource for action, resource in deployed.own if action == "lambda:InvokeFunction"}
    assert functions == {"function:restore-verification", "function:database-backup", "function:test-alert"}
    assert {action for action, _ in deployed.own} == {
        "lambda:InvokeFunction",
        "cloudwatch:GetMetricStatistics",
        "logs:GetLogEvents",
        "cloudformation:DescribeStacks",
        "s3:ListBucket",
        "s3:GetObject",
        "s3:PutObject",
        "sns:Publish",
    }


def test_it_writes_its_own_reports_alone(deployed):
    assert {resource for action, resource in deployed.own if action == "s3:PutObject"} == {"reports/self-test/*"}


def test_nothing_is_named_in_vain(deployed):
    assert named_in_vain(deployed.permissions) == set()
    assert everywhere(deployed.permissions) == set()


def test_what_is_not_there_is_not_read():
    """Nobody on call, no status page, no project: no address to read."""
    local = load("local")
    uptime = local.uptime.model_copy(update={"status_page": False})
    errors = local.errors.model_copy(update={"projects": ()})
    deployed = Deployed(on_call=None, uptime=uptime, errors=errors)
    assert "cloudformation:DescribeStacks" not in {action for action, _ in deployed.own}
    [function] = [
        one["Environment"]["Variables"]
        for one in deployed.of_type("AWS::Lambda::Function")
        if "REPORTS" in one.get("Environment", {}).get("Variables", {})
    ]
    assert function["ON_CALL"] == "false"
    assert {"STATUS_PAGE_STALE_AFTER", "PROJECT", "PROJECT_KEY"}.isdisjoint(function)


def test_it_runs_each_week(deployed):
    [schedule] = deployed.of_type("AWS::Scheduler::Schedule")
    interval = longest_interval(schedule["ScheduleExpression"])
    assert interval is not None
    assert interval.days == 7
    assert json.loads(schedule["Target"]["Input"]) == {"slot": "<aws.scheduler.scheduled-time>"}
    assert schedule["Target"]["RetryPolicy"] == {"MaximumRetryAttempts": 0}
    assert schedule["Target"]["DeadLetterConfig"]


def test_it_has_no_alarm_but_dead_letters(deployed):
    assert deployed.of_type("AWS::CloudWatch::Alarm") == []
    assert any("DestinationConfig" in one for one in deployed.of_type("AWS::Lambda::EventInvokeConfig"))
