"""The function as it is deployed: settings from its environment, real clients, an answer for the HTTP API."""

import importlib
import json
import sys

import boto3
import pytest
from moto import mock_aws

from lambdas.error_intake.settings import Settings
from lambdas.vocabulary.error_tracking import Batch
from lambdas.vocabulary.notices import IDENTIFIER, RECORD
from tests.lambda_context import lambda_context
from tests.unit.lambdas.error_intake.sending import EVENT_ID, SETTINGS, of_error, request

NAME = "lambdas.error_intake.handler"


@pytest.fixture
def account():
    with mock_aws():
        yield boto3.client("sqs"), boto3.client("dynamodb")


@pytest.fixture
def handler(account, monkeypatch):
    sqs, dynamodb = account
    url = sqs.create_queue(QueueName="errors")["QueueUrl"]
    keys = {RECORD: "HASH", IDENTIFIER: "RANGE"}
    dynamodb.create_table(
        TableName=SETTINGS.table,
        KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys.items()],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in keys],
        BillingMode="PAY_PER_REQUEST",
    )
    for name, value in Settings(**{**vars(SETTINGS), "queue_url": url}).to_environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.delitem(sys.modules, NAME, raising=False)
    yield importlib.import_module(NAME).handler
    sys.modules.pop(NAME, None)


def test_error_reaches_the_queue(handler, account):
    answer = handler(request(of_error()), lambda_context(3000, 2900))
    assert (answer["statusCode"], json.loads(answer["body"])) == (200, {"id": EVENT_ID})
    sqs, _ = account
    url = sqs.get_queue_url(QueueName="errors")["QueueUrl"]
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    assert Batch.from_json(message["Body"]).events[0]["event_id"] == EVENT_ID


def test_answer_keeps_its_headers(handler):
    """The platform's log has the answer masked; what clients read in it is no secret."""
    answer = handler(request("", method="OPTIONS"), lambda_context(3000, 2900))
    assert "X-Sentry-Auth" in answer["headers"]["Access-Control-Allow-Headers"]
    assert handler(request("x"), lambda_context(3000, 2900))["statusCode"] == 400
