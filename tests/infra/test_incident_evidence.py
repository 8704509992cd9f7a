"""What the function that gathers evidence may: what its sources need, and nothing else."""

import json
from dataclasses import replace

import pytest
from aws_cdk import Stack

from lambdas.incident_evidence.sources import SOURCES
from stacks.alerting_stack import AlertingStack
from stacks.application import new_app
from stacks.functions.incident_evidence import RIGHTS, IncidentEvidence
from stacks.platform.platform import Platform
from stacks.settings import RecordedDeployment, load
from tests.infra.test_permissions import everywhere, named_in_vain
from tests.permissions import Permissions, documented_for

FOLDER = "incident_evidence"
OF_ALL_FUNCTIONS = ("logs:CreateLogStream", "logs:PutLogEvents", "sqs:")


class Deployed:
    """The function in a stack of its own, in an environment of which sections are changed."""

    def __init__(self, *, name="local", instance="shop", **sections):
        environment = load(name)
        changed = {key: getattr(environment, key).model_copy(update=value) for key, value in sections.items()}
        environment = environment.model_copy(update=changed)
        app = new_app()
        alerting = AlertingStack(app, f"junkos-{name}-alerting", environment=environment)
        stack = Stack(app, f"junkos-{name}-incidents")
        platform = Platform.of(stack, environment, alerting.alarms)
        IncidentEvidence(stack, platform=platform, instance=instance)
        templates = {each.stack_name: each.template for each in app.synth().stacks}
        self.template = templates[stack.stack_name]
        self.permissions = Permissions(name, templates)

    @property
    def own(self):
        """Action and resource, without what every function may."""
        grants = {it for it in self.permissions.grants if it.holder == FOLDER}
        return {(it.action, it.resource) for it in grants if not it.action.startswith(OF_ALL_FUNCTIONS)}

    @property
    def actions(self):
        return {action for action, _ in self.own}

    def of_type(self, kind):
        return [one["Properties"] for one in self.template["Resources"].values() if one["Type"] == kind]


@pytest.fixture(scope="module")
def deployed():
    return Deployed()


def test_rights_are_those_of_the_page(deployed):
    granted = {it for it in deployed.permissions.grants if it.holder == FOLDER}
    assert granted == documented_for(FOLDER, in_a_vpc=False)


def test_rights_break_no_rule(deployed):
    of = deployed.permissions
    mine = replace(of, templates=of.templates)
    assert {it for it in everywhere(mine) | named_in_vain(mine) if it.startswith(FOLDER)} == set()


def test_every_source_has_its_rights():
    assert set(RIGHTS) == set(SOURCES)


BARE = {
    "dynamodb:GetItem",
    "dynamodb:Query",
    "lambda:InvokeFunction",
    "cloudwatch:DescribeAlarms",
    "cloudwatch:ListAlarmMuteRules",
    "cloudwatch:GetAlarmMuteRule",
    "logs:FilterLogEvents",
}


def test_source_that_is_not_there_has_no_right():
    bare = Deployed(instance=None, errors={"enabled": False, "deployments": ()}, security={"guardduty": False})
    assert bare.actions == BARE
    assert not [resource for _, resource in bare.own if "table/errors" in resource]


def test_deployments_are_read_by_their_names():
    targets = (
        RecordedDeployment(deployed_by="ecs", name="prod/api"),
        RecordedDeployment(deployed_by="codedeploy", name="shop"),
    )
    own = Deployed(errors={"deployments": targets}).own
    assert ("ecs:DescribeServices", "service/prod/api") in own
    assert {("codedeploy:ListDeployments", "*"), ("codedeploy:BatchGetDeployments", "*")} <= own
    assert not [action for action, _ in own if action.startswith("cloudformation:")]


def test_alarm_of_it_pages_nobody(deployed):
    """An incident about the evidence of another one would come on top of that."""
    (alarm,) = deployed.of_type("AWS::CloudWatch::Alarm")
    assert "Level: medium" in json.dumps(alarm["AlarmDescription"])


def test_people_have_it_within_half_a_minute(deployed):
    (function,) = deployed.of_type("AWS::Lambda::Function")
    assert function["Timeout"] == 20
