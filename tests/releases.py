"""The endpoints of sentry-cli without an account: what they depend on, and events as an HTTP API sends them."""

import base64
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from lambdas.error_releases.call import Dependencies
from lambdas.error_releases.respond import respond
from lambdas.error_releases.settings import ProjectToken
from lambdas.shared import aws
from lambdas.shared.clock import Deadline
from lambdas.shared.error_tracking.table import ErrorTable
from lambdas.shared.stored_values import StoredValues
from lambdas.vocabulary.error_tracking import BY_LAST_SEEN, LAST_SEEN, LISTED_IN
from lambdas.vocabulary.notices import IDENTIFIER, RECORD

BUCKET, TABLE = "errors", "errors"
ORGANIZATION = "junkos"
ENVIRONMENT = "prod"
TOKENS = {"api": "token-of-api-0123456789", "web": "token-of-web-0123456789"}
AT = datetime(2026, 11, 27, 9, tzinfo=UTC)


def error_table(clock):
    """A new one, by moto."""
    client = aws.client("dynamodb")
    strings = (RECORD, IDENTIFIER, LISTED_IN, LAST_SEEN)
    client.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in strings],
        KeySchema=_keys(RECORD, IDENTIFIER),
        GlobalSecondaryIndexes=[
            {
                "IndexName": BY_LAST_SEEN,
                "KeySchema": _keys(LISTED_IN, LAST_SEEN),
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )
    return ErrorTable(client, TABLE, clock)


def _keys(partition, sort):
    return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}]


def error_bucket():
    """A new one, by moto."""
    client = aws.client("s3", region="us-east-1")
    client.create_bucket(Bucket=BUCKET)
    return client


class Clock:
    """A minute later each time that it is read."""

    def __init__(self):
        self.at = AT

    def __call__(self):
        self.at += timedelta(minutes=1)
        return self.at


@dataclass
class Tracker:
    """The function `error_releases` on its table and bucket, inside `mock_aws`."""

    clock: Clock = field(default_factory=Clock)
    tokens: dict = field(default_factory=lambda: dict(TOKENS))
    seconds: float = 30
    environment: str = ENVIRONMENT

    def __post_init__(self):
        self.table, self.s3 = error_table(self.clock), error_bucket()

    def __call__(self, event):
        to = Dependencies(self.table, self.s3, BUCKET, ORGANIZATION, self.environment, self.clock)
        values = StoredValues({"secret": self.tokens.__getitem__})
        tokens = [ProjectToken(project, "secret", project) for project in TOKENS]
        return respond(event, to, tokens, values, Deadline.within(self.seconds))

    def answer(self, method, path, document=None, *, project="api", headers=None, body=None):
        """The status and the document that the owner of `project`'s token is answered."""
        given = {"Authorization": f"Bearer {TOKENS[project]}"} if headers is None else headers
        sent = body if body is not None else b"" if document is None else json.dumps(document).encode()
        answered = self(http_event(method, f"/api/0/{path}", given, sent))
        return answered["statusCode"], json.loads(answered["body"])


def http_event(method, path, headers, body=b"", query=""):
    return {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": query,
        "headers": {name.lower(): value for name, value in headers.items()},
        "requestContext": {"http": {"method": method, "path": path}, "domainName": "errors.example.com"},
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }
