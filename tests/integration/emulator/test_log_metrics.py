"""Log lines that become metrics, and the metrics of the services of the account, up to their alarms."""

import datetime as dt
import json

import pytest
from botocore.exceptions import ClientError

from tests.integration.emulator.alarm_drill import MINUTE, NOON
from tests.integration.emulator.test_resource_types import Stack
from tests.integration.emulator.waiting import until

GROUP = "/junkos/api"
FILTER = {
    "filterPattern": "{ $.status >= 500 }",
    "metricTransformations": [
        {
            "metricNamespace": "Api",
            "metricName": "Errors",
            "metricValue": "1",
            "dimensions": {"route": "$.route"},
            "unit": "Count",
        }
    ],
}


@pytest.fixture
def log(client):
    logs = client("logs")
    logs.create_log_group(logGroupName=GROUP)
    logs.create_log_stream(logGroupName=GROUP, logStreamName="one")

    def write(moment, *lines):
        milliseconds = int(moment.timestamp() * 1000)
        events = [{"timestamp": milliseconds, "message": json.dumps(line)} for line in lines]
        logs.put_log_events(logGroupName=GROUP, logStreamName="one", logEvents=events)

    yield write
    logs.delete_log_group(logGroupName=GROUP)


def on(route, name="Errors"):
    return {
        "Namespace": "Api",
        "MetricName": name,
        "Dimensions": [{"Name": "route", "Value": route}],
        "Statistic": "Sum",
    }


def test_log_lines_fire_their_alarm(client, log, clock, inbox, put_alarm):
    """Lines in a log group fire the alarm on their metric."""
    client("logs").put_metric_filter(logGroupName=GROUP, filterName="errors", **FILTER)
    name = put_alarm("log-errors", **on("/orders"))
    log(NOON, {"status": 500, "route": "/orders"}, {"status": 503, "route": "/orders"}, {"status": 500, "route": "/a"})
    log(NOON, {"status": 500}, {"status": 200, "route": "/orders"})
    fired = clock.evaluate(NOON + MINUTE, [name])[name]
    assert (fired.after, "[2.0 (" in fired.reason) == ("ALARM", True)
    assert [state for _, _, state in inbox.states()] == ["ALARM"]
    assert clock.evaluate(NOON + 10 * MINUTE, [name])[name].after == "OK"


def test_filter_alarm_and_maths_work_together(client, log, clock):
    """A template with filter alarm and maths works as one."""
    stack = Stack(client, "observed")
    stat = {"Metric": {"Namespace": "Api", "MetricName": "Slow"}, "Period": 60, "Stat": "p90"}
    resources = {
        "Filter": {
            "Type": "AWS::Logs::MetricFilter",
            "Properties": {
                "LogGroupName": GROUP,
                "FilterPattern": "{ $.ms = * }",
                "MetricTransformations": [{"MetricNamespace": "Api", "MetricName": "Slow", "MetricValue": "$.ms"}],
            },
        },
        "Alarm": {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {
                "AlarmName": "slow",
                "Metrics": [
                    {"Id": "m", "MetricStat": stat, "ReturnData": False},
                    {"Id": "e", "Expression": "m / 1000", "Label": "seconds"},
                ],
                "ComparisonOperator": "GreaterThanThreshold",
                "Threshold": 1,
                "EvaluationPeriods": 1,
                "TreatMissingData": "notBreaching",
            },
        },
    }
    status, _ = stack.create(resources)
    assert status == "CREATE_COMPLETE", stack.reasons()
    log(NOON, *({"ms": 2000} for _ in range(5)))
    fired = clock.evaluate(NOON + MINUTE, ["slow"])["slow"]
    assert (fired.after, "[2.0 (" in fired.reason) == ("ALARM", True)
    stack.delete()
    assert client("logs").describe_metric_filters(logGroupName=GROUP)["metricFilters"] == []


def test_uncomputable_alarm_fails_template(client):
    """A template whose alarm cannot be computed fails."""
    stack = Stack(client, "incomputable")
    properties = {
        "Metrics": [{"Id": "e", "Expression": "SOMETHING(1)"}],
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 1,
        "EvaluationPeriods": 1,
    }
    status, _ = stack.create({"Alarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": properties}})
    assert status == "ROLLBACK_COMPLETE"
    assert "SOMETHING is not a function" in stack.reasons()
    stack.delete()


def test_invalid_filter_is_refused(client, log):
    """A filter that cloudwatch logs refuses is refused."""
    transformation = {**FILTER["metricTransformations"][0], "defaultValue": 0}
    with pytest.raises(ClientError, match="with dimensions cannot have a default value"):
        client("logs").put_metric_filter(
            logGroupName=GROUP, filterName="bad", filterPattern="", metricTransformations=[transformation]
        )
    with pytest.raises(ClientError, match="is not a selector"):
        client("logs").put_metric_filter(
            logGroupName=GROUP, filterName="bad", **{**FILTER, "filterPattern": "{ status = 1 }"}
        )


def test_pattern_can_be_tested_and_searched(client, log):
    """A pattern can be tested and searched with."""
    lines = [json.dumps({"status": 500}), "plain", json.dumps({"status": 200})]
    tested = client("logs").test_metric_filter(filterPattern="{ $.status >= 500 }", logEventMessages=lines)
    (match,) = tested["matches"]
    assert (match["eventNumber"], match["extractedValues"]) == (1, {"$.status": "500"})
    log(NOON, {"status": 500, "route": "/orders"}, {"status": 200})
    found = client("logs").filter_log_events(logGroupName=GROUP, filterPattern="{ $.status >= 500 }")
    assert [json.loads(event["message"])["status"] for event in found["events"]] == [500]


def test_log_contributors_fire_their_alarm(client, log, clock, put_alarm):
    """Contributors in a log fire the alarm on their rule."""
    rule = {
        "Schema": {"Name": "CloudWatchLogRule", "Version": 1},
        "LogGroupNames": [GROUP],
        "LogFormat": "JSON",
        "Contribution": {"Keys": ["$.address"], "Filters": [{"Match": "$.event", "In": ["login_failed"]}]},
        "AggregateOn": "Count",
    }
    client("cloudwatch").put_insight_rule(RuleName="logins", RuleState="ENABLED", RuleDefinition=json.dumps(rule))
    query = {"Id": "e", "Expression": "INSIGHT_RULE_METRIC('logins', 'MaxContributorValue')", "Period": 300}
    name = put_alarm("logins", Metrics=[query], Threshold=3)
    log(NOON, *({"event": "login_failed", "address": f"10.0.0.{number}"} for number in range(9)))
    assert clock.evaluate(NOON + 5 * MINUTE, [name])[name].after == "OK"
    log(NOON, *({"event": "login_failed", "address": "10.0.0.1"} for _ in range(3)))
    assert clock.evaluate(NOON + 5 * MINUTE, [name])[name].after == "ALARM"
    clock.set_insight("logins", "MaxContributorValue", NOON, 1)
    assert clock.evaluate(NOON + 5 * MINUTE, [name])[name].after == "OK"


def test_every_invocation_of_a_function_is_counted(client, function, clock, put_alarm):
    deployed = function("def handler(event, context):\n    raise ValueError('no')")
    dimensions = [{"Name": "FunctionName", "Value": deployed.name}]
    of_function = {"Namespace": "AWS/Lambda", "Dimensions": dimensions, "Statistic": "Sum", "Threshold": 0.0}
    name = put_alarm("function-errors", **of_function, MetricName="Errors")
    topic = client("sns").create_topic(Name="function-metrics")["TopicArn"]
    client("sns").subscribe(TopicArn=topic, Protocol="lambda", Endpoint=deployed.arn)
    client("sns").publish(TopicArn=topic, Message="through SNS, not through Invoke")
    until(lambda: clock.evaluate(dt.datetime.now(dt.UTC) + MINUTE, [name])[name].after == "ALARM")


def test_what_a_function_logs_is_measured_too(client, function, clock, put_alarm):
    deployed = function('def handler(event, context):\n    print(\'{"event": "refused"}\')')
    group = f"/aws/lambda/{deployed.name}"
    client("logs").create_log_group(logGroupName=group)
    transformation = {"metricNamespace": "Function", "metricName": "Refused", "metricValue": "1"}
    client("logs").put_metric_filter(
        logGroupName=group,
        filterName="refused",
        filterPattern='{ $.event = "refused" }',
        metricTransformations=[transformation],
    )
    name = put_alarm("refused", Namespace="Function", MetricName="Refused", Dimensions=[], Threshold=0.0)
    deployed.invoke()
    until(lambda: clock.evaluate(dt.datetime.now(dt.UTC) + MINUTE, [name])[name].after == "ALARM")


def test_waiting_messages_fire_an_alarm(client, clock, inbox, put_alarm):
    """Messages that wait in a queue fire an alarm."""
    queue = client("sqs").create_queue(QueueName="dead-letters")["QueueUrl"]
    name = put_alarm(
        "dead-letters",
        Namespace="AWS/SQS",
        MetricName="ApproximateNumberOfMessagesVisible",
        Dimensions=[{"Name": "QueueName", "Value": "dead-letters"}],
        Threshold=0.0,
    )
    assert clock.evaluate(NOON, [name])[name].after == "OK"
    client("sqs").send_message(QueueUrl=queue, MessageBody="lost")
    assert clock.evaluate(NOON + MINUTE, [name])[name].after == "ALARM"
    client("sqs").purge_queue(QueueUrl=queue)
    assert clock.evaluate(NOON + 2 * MINUTE, [name])[name].after == "OK"


def test_created_resources_can_be_read(client):
    """Saved queries dashboards and detectors can be read back."""
    stack = Stack(client, "kept")
    resources = {
        "Query": {
            "Type": "AWS::Logs::QueryDefinition",
            "Properties": {"Name": "api/errors", "QueryString": "fields @message", "LogGroupNames": [GROUP]},
        },
        "Dashboard": {
            "Type": "AWS::CloudWatch::Dashboard",
            "Properties": {"DashboardName": "all", "DashboardBody": '{"widgets": []}'},
        },
        "Detector": {
            "Type": "AWS::CloudWatch::AnomalyDetector",
            "Properties": {"Namespace": "Api", "MetricName": "Count", "Stat": "Sum"},
        },
    }
    assert stack.create(resources)[0] == "CREATE_COMPLETE", stack.reasons()
    (query,) = client("logs").describe_query_definitions(queryDefinitionNamePrefix="api/")["queryDefinitions"]
    assert (query["name"], query["queryString"], query["logGroupNames"]) == ("api/errors", "fields @message", [GROUP])
    assert client("cloudwatch").get_dashboard(DashboardName="all")["DashboardBody"] == '{"widgets": []}'
    (detector,) = client("cloudwatch").describe_anomaly_detectors(Namespace="Api")["AnomalyDetectors"]
    assert detector["Stat"] == "Sum"
    stack.delete()
    assert client("logs").describe_query_definitions()["queryDefinitions"] == []
