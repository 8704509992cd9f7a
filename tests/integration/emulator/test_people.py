"""What SNS delivers by itself arrives in the form that AWS gives it, and the inboxes are as strict as the services."""

import json
from http.client import HTTPConnection
from urllib.parse import urlsplit

import boto3
import pytest

from emulator import account, process
from lambdas.notify.channels.sns.publish import publish
from lambdas.notify.message import Message, merged
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import Change, Notice
from tests.unit.lambdas.notify.samples import AT, alarm


@pytest.fixture(scope="module")
def topic(inboxes, tmp_path_factory):
    """A client of SNS and a topic that an address and a number subscribe to."""
    directory = tmp_path_factory.mktemp("account")
    try:
        started = account.start(directory, people=inboxes.variables())
        variables = started.client_environment()
        sns = boto3.client(
            "sns",
            endpoint_url=started.endpoint_url,
            region_name=variables["AWS_REGION"],
            aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
        )
        arn = sns.create_topic(Name="alerts", Attributes={"DisplayName": "JunkOS prod: high"})["TopicArn"]
        sns.subscribe(TopicArn=arn, Protocol="email", Endpoint="ada@junkos.example")
        sns.subscribe(TopicArn=arn, Protocol="sms", Endpoint="+14155550100")
        yield sns, arn
    finally:
        process.stop_recorded(directory)


def post(url, document):
    """Status, text and headers of the answer."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=30)
    connection.request("POST", urlsplit(url).path, json.dumps(document))
    answer = connection.getresponse()
    return answer.status, answer.read().decode(), answer.headers


def test_a_notice_is_text_for_people(inboxes, topic):
    sns, arn = topic
    notices = [Notice("k", Level.HIGH, Change.RAISED, "a thing", AT, measured="93 %")]
    publish(sns, Message("prod", "id", merged(notices)), arn)
    mail = inboxes.wait_for("mail", lambda it: "a thing" in it.text, 60)
    assert mail.text.startswith("HIGH: a thing\nHow bad: 93 %\n")
    assert mail.about == {
        "to": ["ada@junkos.example"],
        "from": '"JunkOS prod: high" <no-reply@sns.amazonaws.com>',
        "subject": "[prod] HIGH: a thing, since 20:33 UTC: 93 %",
    }
    message = inboxes.wait_for("sms", lambda it: "a thing" in it.text, 60)
    assert (message.text, message.about["to"]) == (
        "JunkOS pro>[prod] HIGH: a thing, since 20:33 UTC: 93 %",
        "+14155550100",
    )


def test_alarm_mail_is_as_cloudwatch_writes(inboxes, topic):
    """An alarm is the mail that cloudwatch writes."""
    sns, arn = topic
    sns.publish(TopicArn=arn, Subject='ALARM: "connections"', Message=json.dumps(alarm(AlarmName="connections")))
    mail = inboxes.wait_for("mail", lambda it: "connections" in it.text, 60)
    assert 'Your Amazon CloudWatch Alarm "connections"'.lower() in mail.text.lower()
    assert "Meaning: Connections are running out." in mail.text
    assert "- State Change: OK -> ALARM" in mail.text
    assert inboxes.wait_for("sms", lambda it: "connections" in it.text, 60).text == 'JunkOS pro>ALARM: "connections"'


@pytest.mark.parametrize(
    ("path", "document", "said"),
    [
        ("/v2/enqueue", {"event_action": "trigger", "routing_key": "wrong"}, "'routing_key' is invalid"),
        ("/webhook", {"notices": []}, "the signature is wrong"),
        ("/services/unknown", {"text": "x"}, "no_service"),
    ],
)
def test_a_inbox_refuses_what_its_service_would(inboxes, path, document, said):
    status, answer, _ = post(f"{inboxes.url}{path}", document)
    assert status >= 400
    assert said in answer


def test_inbox_fails_as_ordered(inboxes):
    """A sink misbehaves on order and only as often."""
    inboxes.misbehave("sms", status=429, retry_after=7, times=1)
    message = {"to": "+1", "text": "x"}
    status, _, headers = post(f"{inboxes.url}/sms", message)
    assert (status, headers["Retry-After"]) == (429, "7")
    assert post(f"{inboxes.url}/sms", message)[0] == 204
