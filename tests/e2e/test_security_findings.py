"""GuardDuty is held on, and its findings reach the topic of their level: once, and again when they get worse."""

import json

import pytest

from lambdas.vocabulary.account_changes import AccountChange
from lambdas.vocabulary.guardduty import FOUNDATION
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.names import physical_name
from lambdas.vocabulary.notices import Notice
from tests.integration.emulator.waiting import until
from tests.unit.lambdas.security_finding.events import ROOT, finding, record

BRUTE_FORCE = "CredentialAccess:RDS/AnomalousBehavior.SuccessfulBruteForce"


@pytest.fixture(scope="module")
def inbox(stage):
    """What is published on the topics from now on, as (level, notice), as it comes; empty after a while of silence."""
    sqs, sns, environment = stage.client("sqs"), stage.client("sns"), stage.environment
    queues = {}
    topics = {topic["TopicArn"].rpartition(":")[2]: topic["TopicArn"] for topic in sns.list_topics()["Topics"]}
    for level in Level:
        queues[level] = sqs.create_queue(QueueName=f"inbox-{level}")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=queues[level], AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        sqs.set_queue_attributes(QueueUrl=queues[level], Attributes={"Policy": json.dumps(_open_to_topics(arn))})
        topic = topics[physical_name(environment, f"alerts-{level}")]
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})

    def received():
        found = []
        for level, queue in queues.items():
            for message in sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", ()):
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
                found += _notice(level, message["Body"])
        return found

    return received


def _open_to_topics(queue):
    allowed = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage"}
    return {"Version": "2012-10-17", "Statement": [{**allowed, "Resource": queue}]}


def _notice(level, body):
    try:
        return [(level, Notice.from_json(body))]
    except (KeyError, TypeError, ValueError):
        return []  # an alarm, which CloudWatch publishes itself


def happens(stage, event):
    """Ends when the function has dealt with the event."""
    before = dealt_with(stage)
    stage.account.send_as_service(event["source"], event["detail-type"], event["detail"])
    until(lambda: dealt_with(stage) > before)


def published_for(stage, inbox, event):
    """What was published for an event, and for earlier ones that were not read yet."""
    happens(stage, event)
    return until(inbox)


def dealt_with(stage):
    return sum(line.get("message") == "security event" for line in stage.log_lines("security_finding"))


def test_detector_has_the_settings_plans_only(stage):
    """The detector is on with the plans of the settings and no other."""
    guardduty = stage.client("guardduty")
    (detector,) = guardduty.list_detectors()["DetectorIds"]
    found = guardduty.get_detector(DetectorId=detector)
    on = {feature["Name"] for feature in found["Features"] if feature["Status"] == "ENABLED"}
    assert (found["Status"], found["FindingPublishingFrequency"]) == ("ENABLED", "FIFTEEN_MINUTES")
    assert on - FOUNDATION == set(stage.environment.security.guardduty_plans)


def test_finding_is_sent_once_until_worse(stage, inbox):
    """A finding is sent on the topic of its level not repeated and sent again when it rises."""
    ((level, notice),) = published_for(stage, inbox, finding(BRUTE_FORCE, severity=5))
    assert (level, notice.level, notice.count) == (Level.MEDIUM, Level.MEDIUM, 1)
    assert "database junkos-prod-database, user junkos" in notice.measured

    happens(stage, finding(BRUTE_FORCE, severity=5, count=2))  # not published, or two would come next
    ((level, notice),) = published_for(stage, inbox, finding(BRUTE_FORCE, severity=8, count=3))
    assert (level, notice.count) == (Level.CRITICAL, 3)


def test_cloudtrail_act_is_sent(stage, inbox):
    """An act that CloudTrail records is sent."""
    written = record("iam", "CreateAccessKey", {"userName": ""}, by=ROOT)
    event = {"source": "aws.iam", "detail-type": "AWS API Call via CloudTrail", "detail": written}
    ((level, notice),) = published_for(stage, inbox, event)
    assert level is Level.CRITICAL
    assert notice.key == f"{AccountChange.ROOT_ACCESS_KEY}:CreateAccessKey: by root"


def test_unpublished_finding_becomes_dead_letter(stage):
    """An event of a form that GuardDuty does not send: somebody must see it rather than nobody."""
    broken = finding(BRUTE_FORCE)
    del broken["detail"]["severity"]
    stage.account.send_as_service(broken["source"], broken["detail-type"], broken["detail"])

    sqs = stage.client("sqs")
    queue = sqs.get_queue_url(QueueName=physical_name(stage.environment, "dead-letters"))["QueueUrl"]

    def waits():
        messages = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", ())
        return any(BRUTE_FORCE in message["Body"] for message in messages)

    assert until(waits)
