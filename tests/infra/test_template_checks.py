"""Every template is what CloudFormation accepts.  cdk-nag runs at synthesis itself and stops it at a finding."""

import subprocess
import sys
from pathlib import Path

import aws_cdk
import pytest
from aws_cdk import aws_cloudwatch, aws_sqs

from stacks.application import keep_rules


def test_cfn_lint_finds_nothing(assembly):
    templates = [stack.template_full_path for stack in assembly.stacks]
    lint = [str(Path(sys.executable).with_name("cfn-lint")), "--template", *templates]
    found = subprocess.run(lint, check=False, capture_output=True, text=True)
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.fixture
def app(tmp_path):
    app = aws_cdk.App(outdir=str(tmp_path))
    keep_rules(app)
    return app


def test_a_finding_of_cdk_nag_without_a_reason_stops_the_synthesis(app):
    aws_sqs.Queue(aws_cdk.Stack(app, "Careless"), "Queue")
    with pytest.raises(RuntimeError, match="AwsSolutions-SQS3"):
        app.synth()


def test_an_alarm_without_level_and_runbook_stops_the_synthesis(app):
    stack = aws_cdk.Stack(app, "Careless")
    metric = aws_cloudwatch.Metric(namespace="AWS/RDS", metric_name="CPUUtilization")
    aws_cloudwatch.Alarm(stack, "Alarm", metric=metric, threshold=1, evaluation_periods=1)

    errors = [message.entry.data for message in app.synth().stacks[0].messages]

    assert any("lacks its Level, Runbook, Owner, stance on missing data" in str(error) for error in errors)
