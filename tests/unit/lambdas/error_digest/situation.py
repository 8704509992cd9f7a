"""A table, a bucket and topics for the digest, and events as clients send them."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import boto3
from botocore.exceptions import ClientError

from lambdas.error_digest.digest import Dependencies, Digest
from lambdas.error_digest.settings import Settings
from lambdas.shared.error_tracking.table import ErrorTable
from lambdas.vocabulary.error_tracking import BY_LAST_SEEN, LAST_SEEN, LISTED_IN, Batch, Source
from lambdas.vocabulary.notices import IDENTIFIER, RECORD, Notice

START = datetime(2026, 11, 24, 9, 20, 10, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
API_LOG = "/junkos/test/backend"
SETTINGS = Settings(
    environment="test",
    table="errors",
    bucket="errors",
    medium_topic="arn:aws:sns:eu-central-1:123456789012:medium",
    runbook_url="https://runbooks.example",
    owner="backend",
    issue_retention=400 * DAY,
    sample_retention=30 * DAY,
    new_issues_per_day=1000,
    api_project="api",
    api_log_group=API_LOG,
    clients_send=True,
)


class Sns:
    """Keeps what is published; fails as often as a test wants."""

    def __init__(self):
        self.published, self.failures = [], 0

    def publish(self, *, Message, **_):  # noqa: N803  (botocore's names)
        if self.failures:
            self.failures -= 1
            raise ClientError({"Error": {"Code": "Throttled", "Message": "later"}}, "Publish")
        self.published.append(Notice.from_json(json.loads(Message)["default"]))

    @property
    def titles(self):
        return [notice.title for notice in self.published]


def make_table(dynamodb, name="errors"):
    dynamodb.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": RECORD, "KeyType": "HASH"}, {"AttributeName": IDENTIFIER, "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": each, "AttributeType": "S"} for each in (RECORD, IDENTIFIER, LISTED_IN, LAST_SEEN)
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": BY_LAST_SEEN,
                "KeySchema": [
                    {"AttributeName": LISTED_IN, "KeyType": "HASH"},
                    {"AttributeName": LAST_SEEN, "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        BillingMode="PAY_PER_REQUEST",
    )


def make_situation(clients=None, **settings):
    """Inside moto's account, whose clock is `at` of what is returned; `clients` are used again for another table."""
    dynamodb, s3 = clients or make_clients()
    made = Situation(dynamodb, s3, replace(SETTINGS, **settings))
    make_table(dynamodb, made.settings.table)
    return made


def make_clients():
    dynamodb, s3 = boto3.client("dynamodb"), boto3.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket=SETTINGS.bucket)
    return dynamodb, s3


class Situation:
    def __init__(self, dynamodb, s3, settings=SETTINGS):
        self.settings, self.at, self.messages = settings, START, 0
        self.dynamodb, self.s3, self.sns = dynamodb, s3, Sns()
        self.table = ErrorTable(dynamodb, settings.table, clock=lambda: self.at, pause=lambda _: None)
        self.digest = self.make_digest()

    def make_digest(self, dynamodb=None, s3=None, **others):
        """Another one, as a new instance of the function is: it remembers nothing."""
        table = replace(self.table, dynamodb=dynamodb or self.dynamodb)
        given = {"sns": self.sns, "clock": lambda: self.at, **others}
        return Digest(self.settings, Dependencies(table, s3 or self.s3, **given))

    def message(self, *events, project="api", source=Source.SDK, **others):
        self.messages += 1
        batch = Batch(project, source, self.at, events, **others)
        return {"messageId": f"message-{self.messages}", "body": batch.to_json()}

    def take(self, *events, **others):
        """One message with these events, taken now."""
        return self.digest.take({"Records": [self.message(*events, **others)]})

    def issues(self, project="api"):
        return self.table.issues(project)

    def issue(self, project="api"):
        (issue,) = self.issues(project)
        return issue


class Through:
    """A client whose calls of some operations fail, or do something else first."""

    def __init__(self, client, **instead):
        self.client, self.instead = client, instead

    def __getattr__(self, name):
        operation = getattr(self.client, name)
        return (lambda **given: self.instead[name](operation, **given)) if name in self.instead else operation


_ids = iter(range(10**9))


def frame(filename="/app/dist/orders.js", function="createOrder", **others):
    return {"filename": filename, "function": function, "lineno": 12, "colno": 3, "in_app": True, **others}


def exception(kind="TypeError", value="price is undefined", frames=None, **others):
    return {"type": kind, "value": value, "stacktrace": {"frames": [frame()] if frames is None else frames}, **others}


def event(*exceptions, at=START, **others):
    """An event with these exceptions, a cause before what it caused."""
    return {
        "event_id": f"{next(_ids):032x}",
        "timestamp": at.timestamp(),
        "level": "error",
        "platform": "node",
        "environment": "prod",
        "release": "api@1.0.0",
        "exception": {"values": list(exceptions or [exception()])},
        **others,
    }
