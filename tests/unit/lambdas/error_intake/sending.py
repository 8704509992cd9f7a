"""Requests as an HTTP API hands them over, and clients of AWS that keep what they are given."""

import base64
import gzip
import json
from datetime import UTC, datetime, timedelta

from botocore.exceptions import ClientError

from lambdas.error_intake.hand_over import HandOver
from lambdas.error_intake.projects import ProjectKeys
from lambdas.error_intake.quota import Quota
from lambdas.error_intake.settings import Settings
from lambdas.error_intake.take_in import Intake
from lambdas.vocabulary.error_tracking import Batch, Pointer

KEY, WEB_KEY, REVOKED = "a" * 32, "b" * 32, "c" * 32
NUMBER, WEB_NUMBER = 1, 2
START = datetime(2026, 11, 27, 12, 0, 10, tzinfo=UTC)
EVENT_ID = "9ec79c33ec9942ab8353589fcb2e04dc"
SETTINGS = Settings(
    environment="test",
    table="errors",
    bucket="bucket",
    queue_url="https://sqs.eu-central-1.amazonaws.com/111122223333/errors",
    projects=(
        ProjectKeys(NUMBER, "api", (KEY,), 50).to_json(),
        ProjectKeys(WEB_NUMBER, "web", (WEB_KEY,), 50).to_json(),
    ),
    relay_queue_url=None,
)
ERROR = {"event_id": EVENT_ID, "level": "error", "exception": {"values": [{"type": "Error", "value": "boom"}]}}


def failure(code="ServiceUnavailable"):
    return ClientError({"Error": {"Code": code, "Message": "later"}}, "Call")


class Sqs:
    def __init__(self):
        self.sent, self.fails = [], set()

    def send_message(self, *, QueueUrl, MessageBody):  # noqa: N803  (the client's names)
        if QueueUrl in self.fails:
            raise failure()
        self.sent.append((QueueUrl, MessageBody))

    @property
    def bodies(self):
        return [body for _, body in self.sent]


class S3:
    def __init__(self):
        self.objects = {}

    def put_object(self, *, Bucket, Key, Body):  # noqa: N803  (the client's names)
        self.objects[Key] = Body


class DynamoDB:
    """Adds, as the quota asks for; fails while a test wants it to."""

    def __init__(self):
        self.used, self.calls, self.fails = {}, 0, False

    def update_item(self, *, Key, ExpressionAttributeValues, **_):  # noqa: N803  (the client's names)
        self.calls += 1
        if self.fails:
            raise failure("ProvisionedThroughputExceededException")
        key = Key["record"]["S"], Key["id"]["S"]
        self.used[key] = self.used.get(key, 0) + int(ExpressionAttributeValues[":asked"]["N"])
        return {"Attributes": {"used": {"N": str(self.used[key])}}}


class Place:
    """An intake and what is around it; `moment` and `seconds` are its clocks."""

    def __init__(self, settings=SETTINGS):
        self.sqs, self.s3, self.dynamodb = Sqs(), S3(), DynamoDB()
        self.moment, self.settings = START, settings
        self.intake = self.instance()

    def instance(self):
        """One more instance of the function."""
        hand_over = HandOver(
            self.sqs, self.s3, self.settings.bucket, self.settings.queue_url, self.settings.relay_queue_url
        )
        quota = Quota(self.dynamodb, self.settings.table, lambda: self.moment)
        return Intake(self.settings, hand_over, quota, lambda: self.moment, self._seconds)

    def _seconds(self):
        return self.moment.timestamp()

    def wait(self, seconds):
        self.moment += timedelta(seconds=seconds)

    def send(self, body, **options):
        return self.intake.answer(request(body, **options))

    @property
    def batches(self):
        return [self._batch(body) for body in self.sqs.bodies]

    @property
    def events(self):
        return [event for batch in self.batches for event in batch.events]

    @property
    def dropped(self):
        """Of all batches together."""
        sums = {}
        for batch in self.batches:
            for reason, number in batch.dropped.items():
                sums[reason] = sums.get(reason, 0) + number
        return sums

    def _batch(self, body):
        if "object" in json.loads(body):
            body = gzip.decompress(self.s3.objects[Pointer.from_json(body).object])
        return Batch.from_json(body)


def request(
    body, *, number=NUMBER, key=KEY, route="envelope", method="POST", headers=None, as_text=False, query=None, path=None
):
    if query is None:
        query = {"sentry_version": "7", "sentry_key": key} if key else {}
    body = body.encode() if isinstance(body, str) else body
    return {
        "version": "2.0",
        "rawPath": path or f"/api/{number}/{route}/",
        "headers": {"host": "errors.example", **(headers or {})},
        "queryStringParameters": query,
        "requestContext": {"http": {"method": method, "path": path or f"/api/{number}/{route}/"}},
        "body": body.decode() if as_text else base64.b64encode(body).decode(),
        "isBase64Encoded": not as_text,
    }


def envelope(*items, header=None):
    """Of (header, payload) pairs; a payload that is no text is JSON."""
    lines = [json.dumps({"event_id": EVENT_ID} if header is None else header)]
    for item_header, payload in items:
        lines += [json.dumps(item_header), payload if isinstance(payload, str) else json.dumps(payload)]
    return "\n".join(lines)


def of_error(event=ERROR, **header):
    """An envelope with one event, as @sentry/node writes it: without a length."""
    return envelope(({"type": "event"}, event), header={"event_id": EVENT_ID, **header})
