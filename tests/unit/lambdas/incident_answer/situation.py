"""An account in moto with incidents in it, the function that shows them, and one that notes what it is handed."""

import base64
import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import boto3

from lambdas.incident_answer.pass_on import Decider
from lambdas.incident_answer.respond import Site, respond
from lambdas.incident_answer.sources import Sources, reviews_in
from lambdas.shared.incidents.keys import keys
from lambdas.shared.incidents.links import Purpose, sign
from lambdas.shared.incidents.table import Change, IncidentTable
from lambdas.vocabulary.codec import decode
from lambdas.vocabulary.incidents import (
    Entry,
    Evidence,
    Gathered,
    Incident,
    Reply,
    State,
    Subject,
    Timer,
    Way,
)
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import IDENTIFIER, RECORD
from lambdas.vocabulary.on_call import Person, Rota

REGION = "eu-central-1"
TABLE, BUCKET = "junkos-prod-incidents", f"junkos-prod-incidents-123456789012-{REGION}"
NOW = datetime(2026, 11, 27, 21, 30, tzinfo=UTC)
ALARM = "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:junkos-prod-api-errors"
ROTA = Rota("Europe/Berlin", 0, "09:00", date(2026, 11, 2), ("ana", "ben", "cem"))
PEOPLE = (Person("ana", by_mail=True, slack="U0ANA"), Person("ben", by_mail=True), Person("cem", by_mail=True))
SLACK_SECRET, PAGERDUTY_SECRET = "8f742231b10e8888abcd99yyyzzz85a5", "pd-secret"


def ago(**time):
    return NOW - timedelta(**time)


def incident(number=12, **fields):
    """An API that fails, 12 minutes old, for which two people were paged."""
    subject = Subject(
        key="a1",
        level=Level.CRITICAL,
        changed_at=ago(minutes=12),
        raised_at=ago(minutes=12),
        times=3,
        title="The API answers with errors",
        measured="37 % of requests failed, threshold 5 %",
        first_look="the newest release, and the errors that began with it",
        runbook="https://example.com/runbooks/high-error-rate.md",
        console="https://eu-central-1.console.aws.amazon.com/cloudwatch/home",
        notice_key=ALARM,
    )
    over = replace(
        subject,
        key="a2",
        level=Level.HIGH,
        title="The API is slow",
        recovered_at=ago(minutes=2),
        times=1,
        notice_key=f"{ALARM}-2",
        measured="",
        first_look="",
        console="",
    )
    given = {
        "level": Level.CRITICAL,
        "title": subject.title,
        "opened_at": ago(minutes=12),
        "changed_at": ago(minutes=2),
        "subjects": (over, subject),
        "version": 1,
        "timer": Timer.ESCALATE,
        "due_at": NOW + timedelta(minutes=3),
        "paged": ("ana", "ben"),
        **fields,
    }
    return Incident(number=number, **given)


def taken(by="ana", **fields):
    return incident(
        state=State.ACKNOWLEDGED, taken_by=by, taken_via=Way.LINK, taken_at=ago(minutes=4), timer=Timer.REMIND, **fields
    )


ENTRIES = (
    Entry(ago(minutes=12), "opened: The API answers with errors"),
    Entry(ago(minutes=11, seconds=50), "paged ana by e-mail and text message"),
    Entry(ago(minutes=4), "took it", "ana", Way.SHARED_LINK),
    Entry(ago(minutes=3), "the pool of connections is exhausted since the release", "ana", Way.SLACK),
)
GATHERED = Gathered(
    ago(minutes=11),
    (
        Evidence("Deployments", ("api 2.14.0 was deployed 4 min before, by CodeDeploy",), suspected=True),
        Evidence("Errors", ("TypeError: order.total is not a function, 214 times, new", "TimeoutError, 12 times")),
        Evidence("Database", failed="it did not answer within 5 s"),
    ),
)


class Deciding:
    """A client of Lambda; `payload` and `error` are what the function that decides answers."""

    def __init__(self):
        self.replies = []
        self.payload, self.error = {"outcome": "done", "text": "you have it", "state": "acknowledged"}, None

    def invoke(self, *, FunctionName, Payload):  # noqa: N803 - as the client names them
        assert FunctionName == "junkos-prod-incident"
        self.replies.append(decode(Reply, json.loads(Payload)["reply"]))
        if isinstance(self.error, Exception):
            raise self.error
        answer = {"Payload": io.BytesIO(json.dumps(self.payload).encode())}
        return {**answer, "FunctionError": "Unhandled"} if self.error else answer


class Account:
    """Within `mock_aws`; making its clients takes longer than most tests."""

    def __init__(self):
        self.dynamodb, self.s3 = (boto3.client(service, region_name=REGION) for service in ("dynamodb", "s3"))
        self.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})


class Situation:
    """A new table in the account, and nothing else from before."""

    def __init__(self, account):
        self.dynamodb, self.s3 = account.dynamodb, account.s3
        self.dynamodb.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": RECORD, "KeyType": "HASH"}, {"AttributeName": IDENTIFIER, "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in (RECORD, IDENTIFIER)],
        )
        self.table = IncidentTable(self.dynamodb, TABLE)
        self.keys = keys(self.table, NOW)
        self.deciding, self.said, self.now = Deciding(), [], NOW
        decider = Decider(self.deciding, "junkos-prod-incident")
        sources = Sources(self.table, reviews_in(self.s3, BUCKET), ROTA, PEOPLE, lambda: self.now)
        self.site = Site(
            sources,
            decider,
            decider,
            name="junkos-prod",
            title="JunkOS prod",
            slack_secret=lambda: SLACK_SECRET,
            pagerduty_secret=lambda: PAGERDUTY_SECRET,
            post=self.said.append,
        )

    def put(self, incident, entries=ENTRIES, gathered=GATHERED):
        before = {RECORD: {"S": "guard"}, IDENTIFIER: {"S": "opening"}, "number": {"N": str(incident.number - 1)}}
        self.dynamodb.put_item(TableName=TABLE, Item=before)  # as if all those before were there
        self.table.store(Change(incident, entries, is_new=True))
        if gathered:
            self.table.keep_evidence(incident.number, gathered)

    def link(self, number=12, person="ana", expires_at=NOW + timedelta(days=2), purpose=Purpose.ANSWER):
        return sign(self.keys, number, person, expires_at, purpose)

    def ask(self, method, path, *, body=b"", headers=None, query=None):
        return respond(event(method, path, body=body, headers=headers, query=query), self.site)

    def clear(self):
        self.dynamodb.delete_table(TableName=TABLE)
        for each in self.s3.list_objects_v2(Bucket=BUCKET).get("Contents", []):
            self.s3.delete_object(Bucket=BUCKET, Key=each["Key"])

    def records(self):
        """All that lies in the table, to see that it stays the same."""
        found = self.dynamodb.scan(TableName=TABLE)["Items"]
        return sorted(found, key=lambda item: (item[RECORD]["S"], item[IDENTIFIER]["S"]))


def event(method, path, *, body=b"", headers=None, query=None, encoded=True):
    """As an HTTP API sends it; a form's body is encoded, as its type is no text."""
    return {
        "version": "2.0",
        "rawPath": path,
        "requestContext": {"http": {"method": method, "path": path}},
        "headers": headers or {},
        "queryStringParameters": query or {},
        "body": base64.b64encode(body).decode() if encoded else body.decode(),
        "isBase64Encoded": encoded,
    }
