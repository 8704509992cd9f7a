"""The function behind the links of messages, and its front."""

import tempfile
from datetime import date

import aws_cdk
import pytest
from aws_cdk import aws_dynamodb, aws_s3

from lambdas.vocabulary.on_call import Person, Rota
from stacks.application import new_app
from stacks.functions.incident_answer import IncidentAnswer
from stacks.platform.platform import Platform
from stacks.settings import load
from tests.infra.conftest import of_type

ROTA = Rota("Europe/Berlin", 0, "09:00", date(2026, 11, 2), ("ana", "ben"))
PEOPLE = (Person("ana", by_mail=True), Person("ben", by_text=True))


def synthesized(slack, pagerduty):
    environment = load("local")
    with tempfile.TemporaryDirectory() as directory:
        app = new_app(directory)
        stack = aws_cdk.Stack(app, "Incidents")
        answer = IncidentAnswer(
            stack,
            platform=Platform.of(stack, environment, None),
            table=aws_dynamodb.Table.from_table_name(stack, "Table", "incidents"),
            bucket=aws_s3.Bucket.from_bucket_name(stack, "Bucket", "incidents-bucket"),
            rota=ROTA,
            people=PEOPLE,
            slack_parameter=slack,
            pagerduty_parameter=pagerduty,
        )
        answer.open_front()
        template = app.synth().get_stack_by_name("Incidents").template["Resources"]
    return {("Incidents", name): one for name, one in template.items()}


@pytest.fixture(scope="module")
def resources():
    return synthesized("/junkos/slack", "/junkos/pagerduty")


def statements(resources):
    return [
        statement
        for policy in of_type(resources, "AWS::IAM::Policy").values()
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def actions(resources):
    found = (statement["Action"] for statement in statements(resources))
    return {each for action in found for each in ([action] if isinstance(action, str) else action)}


def test_answering_function_cannot_write(resources):
    """But its own log and what was given up."""
    assert actions(resources) == {
        "dynamodb:GetItem",
        "dynamodb:Query",
        "lambda:InvokeFunction",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "s3:GetObject",
        "sqs:GetQueueAttributes",
        "sqs:GetQueueUrl",
        "sqs:SendMessage",
        "ssm:GetParameter",
    }


def test_it_reads_reviews_and_named_secrets_alone(resources):
    written = {str(statement["Action"]): str(statement["Resource"]) for statement in statements(resources)}
    assert "incidents-bucket/reviews/*" in written["s3:GetObject"]
    assert "function:junkos-local-incident'" in written["lambda:InvokeFunction"]
    secrets = str([statement for statement in statements(resources) if statement["Action"] == "ssm:GetParameter"])
    assert "parameter/junkos/slack" in secrets
    assert "parameter/junkos/pagerduty" in secrets


def test_routes_are_those_that_are_set_up(resources):
    routes = {route["RouteKey"] for route in of_type(resources, "AWS::ApiGatewayV2::Route").values()}
    links = {"ANY /a/{token}", "ANY /r/{token}", "ANY /calendar/{token}"}
    assert routes == {*links, "ANY /slack", "ANY /pagerduty"}
    alone = of_type(synthesized(None, None), "AWS::ApiGatewayV2::Route").values()
    assert {route["RouteKey"] for route in alone} == links


def test_front_is_throttled_and_logs_no_token(resources):
    (stage,) = of_type(resources, "AWS::ApiGatewayV2::Stage").values()
    assert stage["DefaultRouteSettings"] == {"ThrottlingBurstLimit": 20, "ThrottlingRateLimit": 10}
    logged = stage["AccessLogSettings"]["Format"]
    assert "path" not in logged.lower()
    assert "$context.routeKey" in logged
