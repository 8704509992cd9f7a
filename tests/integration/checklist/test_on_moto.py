"""The checks with real clients against moto: requests are as AWS describes them, and answers are read as they come."""

import gzip
import json
from datetime import timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from lambdas.checklist.alarm_names import AlarmName
from lambdas.checklist.checks import CHECKS
from lambdas.checklist.evaluate import evaluate
from lambdas.shared import aws
from lambdas.shared.error_tracking import items
from lambdas.shared.service import Here
from lambdas.vocabulary.checklist import Verdict
from lambdas.vocabulary.drills import Kind
from lambdas.vocabulary.endpoints import ENDPOINT, RECORD
from lambdas.vocabulary.error_tracking import BY_LAST_SEEN, LAST_SEEN, LISTED_IN
from lambdas.vocabulary.notices import IDENTIFIER
from tests.unit.lambdas.checklist.accounts import AT, SETTINGS
from tests.unit.lambdas.checklist.checks import test_errors as tracker
from tests.unit.lambdas.checklist.checks.test_database import RULES
from tests.unit.lambdas.checklist.checks.test_objectives import COST, review
from tests.unit.lambdas.checklist.logged import looked
from tests.unit.lambdas.checklist.proofs import backup, drill
from tests.unit.lambdas.checklist.stored import endpoint

ERRORS = "junkos-prod-errors-123456789012-us-east-1"
OF = "arn:aws:"
METRIC: dict[str, Any] = {
    "Namespace": "JunkOS",
    "MetricName": "m",
    "Period": 300,
    "EvaluationPeriods": 1,
    "Statistic": "Maximum",
    "ComparisonOperator": "GreaterThanThreshold",
}
THRESHOLDS = {AlarmName.RDS_FREE_STORAGE: 4 * 1024**3, AlarmName.RDS_CONNECTIONS: 80}
NOT_MADE = {"rds-backups", "slow-query-log", "status-page", "error-tracker", "log-level", "guardduty"}
"""They need what moto has not, or a function."""
NOT_IN_MOTO = "NotImplementedError"


@pytest.fixture
def account(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setattr("moto.logs.models.utcnow", lambda: AT.replace(tzinfo=None))
    with mock_aws():
        yield boto3.Session(region_name="us-east-1")


def make(account: Any) -> None:
    topics = make_topics(account.client("sns"))
    make_alarms(account.client("cloudwatch"), topics["alerts-high"])
    make_buckets(account.client("s3"))
    make_tables(account.client("dynamodb"))
    make_logs(account.client("logs"))
    account.client("scheduler").create_schedule(
        Name="junkos-prod-health-check",
        ScheduleExpression="rate(5 minutes)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={
            "Arn": "arn:aws:lambda:us-east-1:123456789012:function:x",
            "RoleArn": "arn:aws:iam::123456789012:role/x",
        },
    )
    account.client("rds").create_db_instance(
        DBInstanceIdentifier=SETTINGS.instance,
        DBInstanceClass="db.t4g.micro",
        Engine="postgres",
        MasterUsername="x",
        MasterUserPassword="not-a-real-one",
        AllocatedStorage=20,
        BackupRetentionPeriod=7,
    )


def make_topics(sns: Any) -> dict[str, str]:
    names = ("people", "pages", *(f"alerts-{level}" for level in ("critical", "high", "medium", "low")))
    topics = {name: sns.create_topic(Name=f"junkos-prod-{name}")["TopicArn"] for name in names}
    for arn in topics.values():
        sns.subscribe(TopicArn=arn, Protocol="email", Endpoint="ana@junkos.example")
    return topics


def make_alarms(cloudwatch: Any, topic: str) -> None:
    """Each delivers by itself: moto has no composite alarms."""
    for name in AlarmName:
        cloudwatch.put_metric_alarm(
            AlarmName=f"junkos-prod-{name}", Threshold=THRESHOLDS.get(name, 1), AlarmActions=[topic], **METRIC
        )
    up = {"MetricName": "up", "Dimensions": [{"Name": "endpoint", "Value": "api"}]}
    cloudwatch.put_metric_alarm(
        AlarmName="junkos-prod-endpoint-api-down", Threshold=1, AlarmActions=[topic], **{**METRIC, **up}
    )
    cloudwatch.put_metric_data(
        Namespace="AWS/RDS",
        MetricData=[
            {
                "MetricName": "DatabaseConnections",
                "Dimensions": [{"Name": "DBInstanceIdentifier", "Value": SETTINGS.instance}],
                "Timestamp": AT - timedelta(days=1),
                "Value": 38,
            }
        ],
    )


def make_buckets(s3: Any) -> None:
    sample = {tracker.TEST_ID: tracker.FILTERED, "cart": tracker.SHOWN}
    samples = {f"samples/{of}": gzip.compress(json.dumps(event).encode()) for of, event in sample.items()}
    for bucket, objects in {
        SETTINGS.backups: {**backup(), **drill(), **drill(kind=Kind.POINT_IN_TIME)},
        SETTINGS.reports: review(COST),
        ERRORS: samples,
    }.items():
        s3.create_bucket(Bucket=bucket)
        for key, body in objects.items():
            s3.put_object(Bucket=bucket, Key=key, Body=body)
    rules = [{"ID": each["Filter"]["Tag"]["Value"], **each} for each in RULES]
    s3.put_bucket_lifecycle_configuration(Bucket=SETTINGS.backups, LifecycleConfiguration={"Rules": rules})


def make_tables(dynamodb: Any) -> None:
    listed = {LISTED_IN: "HASH", LAST_SEEN: "RANGE"}
    made = {
        "endpoint-states": ({ENDPOINT: "HASH", RECORD: "RANGE"}, {}),
        "errors": ({RECORD: "HASH", IDENTIFIER: "RANGE"}, {BY_LAST_SEEN: listed}),
    }
    for name, (keys, indexes) in made.items():
        attributes = {*keys, *(key for index in indexes.values() for key in index)}
        dynamodb.create_table(
            TableName=f"junkos-prod-{name}",
            KeySchema=schema(keys),
            AttributeDefinitions=[{"AttributeName": each, "AttributeType": "S"} for each in sorted(attributes)],
            BillingMode="PAY_PER_REQUEST",
            **{
                "GlobalSecondaryIndexes": [
                    {"IndexName": index, "KeySchema": schema(of), "Projection": {"ProjectionType": "ALL"}}
                    for index, of in indexes.items()
                ]
            }
            if indexes
            else {},
        )
    held = [items.issue_item(items.Stored(issue), AT, AT) for issue in (tracker.TEST, tracker.CART)]
    held += [items.release_item(release, AT, 1) for release in tracker.RELEASES]
    for item in held:
        dynamodb.put_item(TableName="junkos-prod-errors", Item=item)
    dynamodb.put_item(TableName="junkos-prod-endpoint-states", Item=endpoint())


def schema(keys: dict[str, str]) -> list[dict[str, str]]:
    return [{"AttributeName": name, "KeyType": kind} for name, kind in keys.items()]


def make_logs(logs: Any) -> None:
    for group, events in {
        "/aws/lambda/junkos-prod-database-check": looked()["events"],
        "/aws/lambda/junkos-prod-test-alert": [],
        SETTINGS.backend_log: [],
    }.items():
        logs.create_log_group(logGroupName=group)
        logs.create_log_stream(logGroupName=group, logStreamName="s")
        if events:
            logs.put_log_events(logGroupName=group, logStreamName="s", logEvents=events)


def answers_of(account: Any) -> dict[str, Any]:
    def client(service: str) -> Any:
        return aws.client(service, region="us-east-1")

    found = evaluate(CHECKS, SETTINGS, Here("prod", "junkos"), client, clock=lambda: AT)
    return {answer.check: answer for answer in found}


def test_no_request_is_refused_as_malformed(account) -> None:
    for answer in answers_of(account).values():
        assert "the check itself failed" not in answer.text or NOT_IN_MOTO in answer.text, answer
        assert "arameter validation" not in answer.text, answer
        assert answer.verdict is not Verdict.PASS, answer


def test_what_is_there_is_read(account) -> None:
    make(account)
    answers = answers_of(account)
    for check in CHECKS:
        answer = answers[check.name]
        assert "the check itself failed" not in answer.text or NOT_IN_MOTO in answer.text, answer
        if check.line.section in {"errors", "uptime", "database", "objectives"} and check.name not in NOT_MADE:
            assert answer.verdict is Verdict.PASS, answer
