"""Who receives which alerts, and the resources for it."""

import json
from pathlib import Path

import pytest

from lambdas.vocabulary.levels import Level
from stacks.application import compose, new_app
from stacks.settings import load
from tests.infra.conftest import of_type, resources_of, synthesized
from tests.infra.test_backups_stack import actions, statements

CHANNELS = """
[[alerts.channels]]
kind = "sms"
name = "phones"
numbers = ["+14155550100"]

[[alerts.channels]]
kind = "slack"
name = "team"
workspace_id = "T0123ABCD"
channel_id = "C0123ABCD"
levels = ["critical", "high"]

[[alerts.channels]]
kind = "slack_webhook"
name = "team-chat"
secret = "junkos/prod/team-chat"

[[alerts.channels]]
kind = "pagerduty"
name = "on-call"
parameter = "/junkos/prod/on-call"
"""


@pytest.fixture(scope="module")
def prod():
    return resources_of(synthesized("prod"))


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Production with channels of every way."""
    directory = tmp_path_factory.mktemp("served")
    content = Path("environments/prod.toml").read_text().replace("[database]", f"{CHANNELS}\n[database]", 1)
    (directory / "prod.toml").write_text(content)
    app = new_app(str(directory / "out"))
    compose(app, load("prod", directory))
    return resources_of(app.synth())


def subscribers(resources):
    """(level, protocol) of every subscription."""
    topics = {
        logical_id: topic["Properties"]["TopicName"].rpartition("-")[2]
        for (_, logical_id), topic in resources.items()
        if topic["Type"] == "AWS::SNS::Topic"
    }
    found = of_type(resources, "AWS::SNS::Subscription").values()
    return {(topics[one["TopicArn"]["Ref"]], one["Protocol"]) for one in found}


LEVELS = ("critical", "high", "medium", "low")


def test_mails_by_notify_and_by_cloudwatch(prod):
    """E mails are written by notify and the alarms of the alerting also by cloudwatch."""
    assert subscribers(prod) == {*((level, "sqs") for level in LEVELS), ("people", "email"), ("fallback", "email")}
    ours = {
        key[1]
        for key, one in of_type(prod, "AWS::CloudWatch::Alarm").items()
        if key[0] == "junkos-prod-alerting" and len(one["AlarmActions"]) == 2
    }
    of_the_stack = [key for key in of_type(prod, "AWS::CloudWatch::Alarm") if key[0] == "junkos-prod-alerting"]
    assert len(ours) == len(of_the_stack) > 5


@pytest.mark.slow
def test_cloudwatch_mails_are_optional(tmp_path):
    """CloudWatch's own mails are a setting and not sent for a new alarm that is fine."""
    text = Path("environments/prod.toml").read_text().replace("[alerts]", "[alerts]\ncloudwatch_mail = true")
    (tmp_path / "prod.toml").write_text(text)
    app = new_app(str(tmp_path / "out"))
    compose(app, load("prod", tmp_path))
    resources = resources_of(app.synth())
    assert {(level, "email") for level in LEVELS} < subscribers(resources)
    policies = [
        it["FilterPolicy"] for it in of_type(resources, "AWS::SNS::Subscription").values() if "FilterPolicy" in it
    ]
    assert policies == [{"$or": [{"NewStateValue": ["ALARM"]}, {"OldStateValue": ["ALARM"]}]}] * 4


def test_subscribers_get_their_levels(served):
    """Each address and number is sent its levels."""
    people = [it for it in of_type(served, "AWS::SNS::Subscription").values() if it["Protocol"] in ("email", "sms")]
    wanted = {it["Endpoint"]: it.get("FilterPolicy") for it in people if "People" in it["TopicArn"]["Ref"]}
    assert wanted == {"oncall@junkos.example": None, "+14155550100": {"level": ["critical"]}}


def test_foreign_alarms_are_not_forwarded(prod):
    """Alarms of other accounts are not sent."""
    policies = of_type(prod, "AWS::SNS::TopicPolicy").values()
    grants = [
        statement
        for policy in policies
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    ]
    ours = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    assert [grant["Condition"] for grant in grants] == [ours] * (len(Level) + 1)  # and the topic of the fallback


def test_levels_go_to_their_subscribers(served):
    """Each level goes to those who want it."""
    assert subscribers(served) == {
        *((level, "sqs") for level in LEVELS),
        ("people", "email"),
        ("people", "sms"),
        ("fallback", "email"),
    }
    (slack,) = of_type(served, "AWS::Chatbot::SlackChannelConfiguration").values()
    assert len(slack["SnsTopicArns"]) == 2
    assert "CloudWatchReadOnlyAccess" in json.dumps(slack["GuardrailPolicies"])


def test_function_reads_only_its_secrets(served):
    """The function reads the secrets of its channels and no other."""
    ours = [
        statement
        for statement in statements(served, "notify")
        if "Secret" in json.dumps(statement) or "ssm:" in json.dumps(statement)
    ]
    reads = {tuple(actions([statement])): json.dumps(statement["Resource"]) for statement in ours}
    assert set(reads) == {("secretsmanager:GetSecretValue",), ("ssm:GetParameter",)}
    assert "secret:junkos/prod/team-chat-??????" in reads["secretsmanager:GetSecretValue",]
    assert "parameter/junkos/prod/on-call" in reads["ssm:GetParameter",]


def test_variables_hold_no_secret(served):
    """No secret is in the function's variables."""
    (notify,) = [
        one
        for one in of_type(served, "AWS::Lambda::Function").values()
        if one.get("FunctionName") == "junkos-prod-notify"
    ]
    (_, parts), *_ = notify["Environment"]["Variables"]["CHANNELS"].values()
    channels = json.loads("".join(part if isinstance(part, str) else "arn" for part in parts))
    secrets = [json.loads(one)["secret"] for one in channels]
    assert secrets == ["", "junkos/prod/team-chat", "/junkos/prod/on-call"]


def test_failed_message_retries_then_dead_letters(served):
    """A message that fails comes again after the function's time and ends with the dead letters."""
    queues = {one["QueueName"]: one for one in of_type(served, "AWS::SQS::Queue").values()}
    (mapping,) = of_type(served, "AWS::Lambda::EventSourceMapping").values()
    (notify,) = [
        one
        for one in of_type(served, "AWS::Lambda::Function").values()
        if one.get("FunctionName") == "junkos-prod-notify"
    ]
    assert queues["junkos-prod-notices"]["VisibilityTimeout"] >= 6 * notify["Timeout"]
    redrive = queues["junkos-prod-notices"]["RedrivePolicy"]
    (dead_letters,) = (
        key for key, one in of_type(served, "AWS::SQS::Queue").items() if one["QueueName"].endswith("-dead-letters")
    )
    assert redrive == {"deadLetterTargetArn": {"Fn::GetAtt": [dead_letters[1], "Arn"]}, "maxReceiveCount": 5}
    assert queues["junkos-prod-notices"]["SqsManagedSseEnabled"]
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_subscriptions_daily_and_delivery_monthly_checked(prod):
    """Who subscribes is looked for daily and the whole way tested monthly."""
    runs = {
        one["Name"]: (one["ScheduleExpression"], json.loads(one["Target"].get("Input", "{}")))
        for one in of_type(prod, "AWS::Scheduler::Schedule").values()
    }
    assert runs["junkos-prod-test-alert-subscriptions"] == ("cron(0 9 * * ? *)", {"only": "subscriptions"})
    assert runs["junkos-prod-test-alert"][1] == {"level": "critical", "requested_by": "the schedule"}


def test_channels_and_queue_have_alarms(served):
    """Every channel has its alarm and a queue that stands still has one."""
    alarms = {one["AlarmName"] for one in of_type(served, "AWS::CloudWatch::Alarm").values()}
    expected = (
        "channel-team-chat-failed",
        "channel-on-call-failed",
        "channel-sns-failed",
        "notices-waiting",
    )
    assert {f"junkos-prod-{name}" for name in expected} <= alarms


def test_failed_text_messages_are_alarmed(served, prod):
    """SNS accepts those to the US, and delivers none without a number to send them from."""
    found = {one["AlarmName"]: one for one in of_type(served, "AWS::CloudWatch::Alarm").values()}
    alarm = found["junkos-prod-deliveries-failed"]
    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/SNS", "NumberOfNotificationsFailed")
    assert alarm["Dimensions"] == [{"Name": "TopicName", "Value": "junkos-prod-people"}]
    assert alarm["Dimensions"][0]["Value"] in {one["TopicName"] for one in of_type(served, "AWS::SNS::Topic").values()}
    assert any("Fallback" in target["Ref"] for target in alarm["AlarmActions"])
    assert alarm["EvaluationPeriods"] * alarm["Period"] == 24 * 3600  # CloudWatch looks back no further
    assert not [it for it in of_type(prod, "AWS::CloudWatch::Alarm").values() if "-deliveries-" in it["AlarmName"]]


def test_notices_are_forgotten_by_themselves(served):
    (table,) = [
        one for one in of_type(served, "AWS::DynamoDB::Table").values() if one["TableName"] == "junkos-prod-notices"
    ]
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
