"""Alarms of a drill: put, measured, evaluated at chosen moments, received by a queue."""

import datetime as dt
import json

NOON = dt.datetime.now(dt.UTC).replace(minute=0, second=0, microsecond=0) - dt.timedelta(hours=2)
MINUTE = dt.timedelta(minutes=1)


class Inbox:
    def __init__(self, sqs, topic, queue):
        self._sqs, self.topic, self.queue = sqs, topic, queue

    def bodies(self):
        received = []
        while found := self._sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages"):
            for message in found:
                received.append(json.loads(message["Body"]))
                self._sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
        return received

    def messages(self):
        """What CloudWatch said, out of the envelopes of SNS."""
        return [json.loads(envelope["Message"]) for envelope in self.bodies()]

    def states(self):
        """Alarm, state before and state after of each message."""
        named = ("AlarmName", "OldStateValue", "NewStateValue")
        return [tuple(message[name] for name in named) for message in self.messages()]


DIMENSIONS = [{"Name": "endpoint", "Value": "api"}]


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
