"""Every template is what CloudFormation accepts.  cdk-nag runs at synthesis itself and stops it at a finding."""

import json
import subprocess
import sys
from pathlib import Path

import aws_cdk
import pytest
from aws_cdk import aws_cloudwatch, aws_sqs

from stacks.application import keep_rules, new_app


@pytest.mark.slow
def test_cfn_lint_finds_nothing(assembly):
    templates = [stack.template_full_path for stack in assembly.stacks]
    lint = [str(Path(sys.executable).with_name("cfn-lint")), "--template", *templates]
    found = subprocess.run(lint, check=False, capture_output=True, text=True)
    assert found.returncode == 0, found.stdout + found.stderr


def test_no_stack_imports_what_another_one_exports(assembly):
    """An export in use can be neither removed nor changed, so neither could the mode of the database."""
    for stack in assembly.stacks:
        assert [name for name, it in stack.template.get("Outputs", {}).items() if "Export" in it] == []
        assert "Fn::ImportValue" not in json.dumps(stack.template)


def test_the_cdk_warns_of_nothing(assembly):
    """An operator who gets used to warnings overlooks the one that matters."""
    assert [str(message.entry.data) for stack in assembly.stacks for message in stack.messages] == []


@pytest.fixture
def app(tmp_path):
    app = new_app(str(tmp_path))
    keep_rules(app)
    return app


def test_unexplained_nag_finding_stops_synthesis(app):
    """A finding of cdk nag without a reason stops the synthesis."""
    aws_sqs.Queue(aws_cdk.Stack(app, "Careless"), "Queue")
    with pytest.raises(RuntimeError, match="AwsSolutions-SQS3"):
        app.synth()


DESCRIPTION = "Level: high\nMeaning: m\nFirst look: f\nRunbook: docs/runbooks/traffic.md\nOwner: us"
METRIC = {"metric_name": "CPUUtilization", "namespace": "AWS/RDS", "period": 60, "statistic": "Sum"}
ALARM = {
    "comparison_operator": "GreaterThanThreshold",
    "evaluation_periods": 1,
    "threshold": 1,
    "treat_missing_data": "ignore",
    "alarm_actions": ["arn:aws:sns:us-east-1:111122223333:topic"],
    "alarm_description": DESCRIPTION,
}


def errors_of(app):
    messages = [message for stack in app.synth().stacks for message in stack.messages]
    return [str(one.entry.data) for one in messages if one.level == aws_cdk.cx_api.SynthesisMessageLevel.ERROR]


@pytest.mark.parametrize(
    ("changed", "lacks"),
    [
        ({"alarm_description": DESCRIPTION.replace("Level: high", "Level: urgent")}, "a level (critical, high, medium"),
        ({"alarm_description": DESCRIPTION.replace("traffic.md", "nowhere.md")}, "a runbook of docs/runbooks"),
        ({"alarm_description": DESCRIPTION.replace("us", " ")}, "an owner"),
        ({"alarm_description": None}, "a level (critical, high, medium, low), a runbook of docs/runbooks, an owner"),
        ({"treat_missing_data": None}, "a stance on missing data"),
        ({"alarm_actions": None}, "an action, or a composite alarm that it is a part of"),
        ({"actions_enabled": False}, "enabled actions"),
    ],
)
def test_incomplete_alarm_stops_synthesis(app, changed, lacks):
    """An alarm that lacks something stops the synthesis."""
    aws_cloudwatch.CfnAlarm(aws_cdk.Stack(app, "Careless"), "Alarm", **{**ALARM, **METRIC, **changed})
    assert any(f"lacks {lacks}" in error for error in errors_of(app))


def test_band_and_composite_alarms_are_checked(app):
    """An anomaly band and a composite alarm are held to the same."""
    stack = aws_cdk.Stack(app, "Careless")
    query = {"id": "band", "expression": "ANOMALY_DETECTION_BAND(m)"}
    band = {"comparison_operator": "GreaterThanUpperThreshold", "evaluation_periods": 1, "threshold_metric_id": "band"}
    aws_cloudwatch.CfnAlarm(stack, "Band", metrics=[query], **band)
    aws_cloudwatch.CfnCompositeAlarm(stack, "Composite", alarm_rule="FALSE")
    found = errors_of(app)
    assert any("Careless/Band lacks a level" in error and "a stance on missing data" in error for error in found)
    assert any("Careless/Composite lacks a level" in error and "an action" in error for error in found)


@pytest.mark.parametrize("rule", ['ALARM("silent")', "ALARM(silent)", None])
def test_part_of_composite_needs_no_action(app, rule):
    """An alarm without an action may be a part of a composite alarm of any stack."""
    silent = {**ALARM, **METRIC, "alarm_actions": None, "alarm_name": "silent"}
    part = aws_cloudwatch.CfnAlarm(aws_cdk.Stack(app, "One"), "Alarm", **silent)
    aws_cloudwatch.CfnCompositeAlarm(
        aws_cdk.Stack(app, "Other"),
        "Composite",
        alarm_rule=rule or f'ALARM("{part.attr_arn}")',
        alarm_actions=ALARM["alarm_actions"],
        alarm_description=DESCRIPTION,
    )
    assert errors_of(app) == []
