"""Alarms on the embedded account, evaluated when a drill asks."""

import datetime as dt
import json

import pytest

from embedded.account import ACCOUNT_ID, REGION
from embedded.alarm_clock import AlarmClock

NOON = dt.datetime.now(dt.UTC).replace(minute=0, second=0, microsecond=0) - dt.timedelta(hours=2)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def clock(running):
    clock = AlarmClock(running)
    clock.pause()
    return clock


@pytest.fixture
def inbox(client, request):
    """A topic and a way to read what a queue that is subscribed to it received."""
    name = request.node.name[:60].replace("[", "-").replace("]", "")
    topic = client("sns").create_topic(Name=name)["TopicArn"]
    queue = client("sqs").create_queue(QueueName=name)["QueueUrl"]
    client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:{REGION}:{ACCOUNT_ID}:{name}")
    return Inbox(client("sqs"), topic, queue)


class Inbox:
    def __init__(self, sqs, topic, queue):
        self._sqs, self.topic, self._queue = sqs, topic, queue

    def messages(self):
        received = []
        while found := self._sqs.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10).get("Messages"):
            for message in found:
                received.append(json.loads(message["Body"]))
                self._sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(envelope["Message"]) for envelope in received]

    def states(self):
        """Alarm, state before and state after of each message."""
        named = ("AlarmName", "OldStateValue", "NewStateValue")
        return [tuple(message[name] for name in named) for message in self.messages()]


DIMENSIONS = [{"Name": "endpoint", "Value": "api"}]


@pytest.fixture
def put_alarm(client, inbox):
    """Puts an alarm on the maximum of the metric of its own name, or on what `properties` say."""

    def put(name, **properties):
        common = {
            "AlarmName": name,
            "ComparisonOperator": "GreaterThanThreshold",
            "EvaluationPeriods": 1,
            "TreatMissingData": "notBreaching",
            "AlarmActions": [inbox.topic],
            "OKActions": [inbox.topic],
        }
        if "Metrics" not in properties:
            common |= {"Namespace": "Drill", "MetricName": name, "Dimensions": DIMENSIONS, "Period": 60}
            common |= {} if "ExtendedStatistic" in properties else {"Statistic": "Maximum"}
        if "ThresholdMetricId" not in properties:
            common["Threshold"] = 1.0
        client("cloudwatch").put_metric_alarm(**common | properties)
        return name

    return put


def measure(client, metric, moment, *values, endpoint="api", unit="Count"):
    client("cloudwatch").put_metric_data(
        Namespace="Drill",
        MetricData=[
            {
                "MetricName": metric,
                "Dimensions": [{"Name": "endpoint", "Value": endpoint}],
                "Timestamp": moment,
                "Values": list(values),
                "Unit": unit,
            }
        ],
    )


def test_an_alarm_fires_and_recovers_and_its_topic_hears_of_both(client, clock, inbox, put_alarm):
    name = put_alarm("fires")
    measure(client, name, NOON, 5)
    fired = clock.evaluate(NOON + MINUTE, [name])[name]
    assert (fired.before, fired.after) == ("INSUFFICIENT_DATA", "ALARM")
    assert "1 out of the last 1 datapoints [5.0" in fired.reason
    (message,) = inbox.messages()
    assert (message["NewStateValue"], message["OldStateValue"]) == ("ALARM", "INSUFFICIENT_DATA")
    assert message["StateChangeTime"] == f"{NOON + MINUTE:%Y-%m-%dT%H:%M:%S}.000+0000"
    assert message["Trigger"] == {
        "MetricName": "fires",
        "Namespace": "Drill",
        "StatisticType": "Statistic",
        "Statistic": "MAXIMUM",
        "Unit": None,
        "Dimensions": [{"value": "api", "name": "endpoint"}],
        "Period": 60,
        "EvaluationPeriods": 1,
        "DatapointsToAlarm": 1,
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 1.0,
        "TreatMissingData": "notBreaching",
        "EvaluateLowSampleCountPercentile": "",
    }
    measure(client, name, NOON + MINUTE, 0)
    assert clock.evaluate(NOON + 2 * MINUTE, [name])[name].after == "OK"
    assert inbox.states() == [(name, "ALARM", "OK")]
