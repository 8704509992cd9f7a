"""What arrives at the topics of the levels, overheard by a queue at each."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.names import Named, physical_name

FOR_ALL_TOPICS = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": "*",
        }
    ],
}


@dataclass(frozen=True)
class Received:
    """A change of an alarm that a topic received."""

    level: str
    alarm: str
    state: str


@dataclass(frozen=True)
class Topics:
    client: Callable[[str], Any]
    environment: Named

    def overhear(self) -> None:
        for level in Level:
            attributes = {"Policy": json.dumps(FOR_ALL_TOPICS)}
            queue = self._sqs.create_queue(QueueName=self._name(level), Attributes=attributes)["QueueUrl"]
            arn = self._sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
            topics = self.client("sns").get_paginator("list_topics").paginate()
            arns = [topic["TopicArn"] for page in topics for topic in page["Topics"]]
            (topic,) = (it for it in arns if it.endswith(f":{physical_name(self.environment, f'alerts-{level}')}"))
            self.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)

    def received(self) -> list[Received]:
        """What was received since the last call."""
        return [received for level in Level for received in self._of(level)]

    def _of(self, level: Level) -> Iterator[Received]:
        queue = self._sqs.get_queue_url(QueueName=self._name(level))["QueueUrl"]
        while messages := self._sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                self._sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
                document = json.loads(json.loads(message["Body"])["Message"])
                if "AlarmName" in document:
                    yield Received(level, document["AlarmName"], document["NewStateValue"])

    @property
    def _sqs(self) -> Any:
        return self.client("sqs")

    def _name(self, level: Level) -> str:
        return physical_name(self.environment, f"overheard-{level}")
