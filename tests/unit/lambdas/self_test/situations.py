"""A deployed environment, of which each answer of AWS is written down."""

import io
import json
from datetime import UTC, datetime, timedelta

from botocore.response import StreamingBody

from lambdas.self_test.probe import Situation
from lambdas.self_test.settings import Settings
from lambdas.shared.service import Here
from tests.unit.lambdas.incident_evidence.situation import ANY, Aws

NOW = datetime(2026, 11, 30, 5, 30, tzinfo=UTC)
TOPIC = "arn:aws:sns:eu-central-1:111122223333:junkos-prod-alerts-medium"
GROUP = "/aws/lambda/junkos-prod-self-test"
KEY = "9" * 32

__all__ = ["ANY", "GROUP", "KEY", "NOW", "TOPIC", "Aws", "answer_of", "invoked", "output", "settings", "situation"]


def settings(**fields):
    given = {
        "environment": "prod",
        "owner": "backend team",
        "runbook_url": "https://example.com/runbooks",
        "reports": "reports",
        "medium_topic": TOPIC,
        "log_group": GROUP,
        "database": "orders",
        "database_check_interval": timedelta(minutes=5),
        "status_page_stale_after": timedelta(minutes=15),
        "on_call": True,
        "project": 1,
        "project_key": KEY,
    }
    return Settings(**(given | fields))


def situation(client, **fields):
    return Situation(settings(**fields), client, NOW, Here("prod", "junkos"))


def invoked(aws, folder, event, answer, *, error=None):
    """A function is invoked with this event, and answers, or fails with that error."""
    body = json.dumps(answer if error is None else {"errorMessage": error}).encode()
    response = {"StatusCode": 200, "Payload": StreamingBody(io.BytesIO(body), len(body))}
    if error is not None:
        response["FunctionError"] = "Unhandled"
    asked = {"FunctionName": f"junkos-prod-{folder}", "Payload": json.dumps(event).encode()}
    aws.expect("lambda", "invoke", response, asked)


def output(aws, stack, name, value):
    """A stack prints an address."""
    outputs = [{"OutputKey": "Other", "OutputValue": "x"}, {"OutputKey": name, "OutputValue": value}]
    described = {"StackName": stack, "CreationTime": NOW, "StackStatus": "UPDATE_COMPLETE", "Outputs": outputs}
    aws.expect("cloudformation", "describe_stacks", {"Stacks": [described]}, {"StackName": f"junkos-prod-{stack}"})


def answer_of(probe, aws, **fields):
    """What a probe saw, by its outcome and words."""
    seen = probe.ask(situation(aws, **fields))
    aws.had_all()
    return seen.outcome.value, seen.text
