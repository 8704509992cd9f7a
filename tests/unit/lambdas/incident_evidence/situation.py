"""An incident, and AWS as it answers the function that gathers evidence of it."""

from datetime import UTC, datetime, timedelta

from botocore.stub import ANY, Stubber

from lambdas.incident_evidence.settings import Settings
from lambdas.incident_evidence.source import Situation
from lambdas.shared import aws
from lambdas.shared.service import Here
from lambdas.vocabulary.incidents import Incident, Subject
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import IDENTIFIER, RECORD

OPENED = datetime(2026, 11, 27, 9, 10, tzinfo=UTC)
NOW = OPENED + timedelta(seconds=20)
INCIDENTS = "junkos-prod-incidents"
REGION = "eu-central-1"

__all__ = ["ANY", "INCIDENTS", "NOW", "OPENED", "Aws", "ago", "incident", "incidents_in", "settings", "situation"]


def ago(**time):
    """Before the incident opened."""
    return OPENED - timedelta(**time)


def subject(key="failing", **fields):
    return Subject(**({"key": key, "level": Level.HIGH, "changed_at": OPENED, "raised_at": OPENED} | fields))


def incident(number=7, **fields):
    given = {
        "number": number,
        "level": Level.HIGH,
        "title": "The API fails",
        "opened_at": OPENED,
        "changed_at": OPENED,
        "subjects": (subject(),),
        "version": 1,
    }
    return Incident(**(given | fields))


def settings(**fields):
    given = {
        "environment": "prod",
        "incidents": INCIDENTS,
        "incident_function": "junkos-prod-incident",
        "database_check_log": "/aws/lambda/junkos-prod-database-check",
        "database_check_interval": timedelta(minutes=5),
        "projects": ("api",),
        "deployments": (),
        "guardduty": True,
        "errors": "errors",
        "instance": "shop",
    }
    return Settings(**(given | fields))


class Aws:
    """Answers what it was told to expect, and nothing else."""

    def __init__(self):
        self._stubs = {}

    def __call__(self, service):
        return self._stub(service).client

    def expect(self, service, operation, answer, asked=None):
        self._stub(service).add_response(operation, answer, asked)

    def refuse(self, service, operation, code, message):
        self._stub(service).add_client_error(operation, code, message)

    def had_all(self):
        for stub in self._stubs.values():
            stub.assert_no_pending_responses()

    def _stub(self, service):
        if service not in self._stubs:
            client = aws.client(service, region=REGION)
            self._stubs[service] = Stubber(client)
            self._stubs[service].client = client
            self._stubs[service].activate()
        return self._stubs[service]


def situation(client, of=None, **fields):
    return Situation(of or incident(), NOW, Here("prod", "junkos"), settings(**fields), client)


def incidents_in(dynamodb):
    """The table of incidents, new and empty, by moto."""
    dynamodb.create_table(
        TableName=INCIDENTS,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in (RECORD, IDENTIFIER)],
        KeySchema=[
            {"AttributeName": RECORD, "KeyType": "HASH"},
            {"AttributeName": IDENTIFIER, "KeyType": "RANGE"},
        ],
    )
