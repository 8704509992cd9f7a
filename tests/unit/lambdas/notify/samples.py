"""What SNS delivers of CloudWatch's alarms, as AWS documents it."""

import json
from datetime import UTC, datetime

ARN = "arn:aws:cloudwatch:eu-central-1:111122223333:alarm:junkos-prod-database connections"
TOPIC = "arn:aws:sns:eu-central-1:111122223333:junkos-prod-alerts-high"
DESCRIPTION = (
    "Level: high\nMeaning: Connections are running out.\nFirst look: who holds them\n"
    "Runbook: https://runbooks.example/database-capacity.md\nOwner: backend team"
)
AT = datetime(2026, 11, 24, 20, 33, 7, 123000, tzinfo=UTC)


def trigger(**changes):
    return {
        "MetricName": "connections_used",
        "Namespace": "JunkOS",
        "StatisticType": "Statistic",
        "Statistic": "MAXIMUM",
        "Unit": None,
        "Dimensions": [{"value": "prod", "name": "environment"}, {"value": "junkos", "name": "database"}],
        "Period": 300,
        "EvaluationPeriods": 1,
        "DatapointsToAlarm": 1,
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 80.0,
        "TreatMissingData": "breaching",
        "EvaluateLowSampleCountPercentile": "",
        **changes,
    }


def crossed(value, threshold="80.0"):
    return (
        f"Threshold Crossed: 1 out of the last 1 datapoints [{value} (24/11/26 20:28:00)] was greater than the "
        f"threshold ({threshold}) (minimum 1 datapoint for OK -> ALARM transition)."
    )


def alarm(**changes):
    return {
        "AlarmName": "junkos-prod-database connections",
        "AlarmDescription": DESCRIPTION,
        "AWSAccountId": "111122223333",
        "AlarmConfigurationUpdatedTimestamp": "2026-11-01T10:00:00.000+0000",
        "NewStateValue": "ALARM",
        "NewStateReason": crossed("93.0"),
        "StateChangeTime": "2026-11-24T20:33:07.123+0000",
        "Region": "EU (Frankfurt)",
        "AlarmArn": ARN,
        "OldStateValue": "OK",
        "OKActions": [TOPIC],
        "AlarmActions": [TOPIC],
        "InsufficientDataActions": [],
        "Trigger": trigger(),
        **changes,
    }


def envelope(message, topic=TOPIC, identifier="message-1", **fields):
    text = message if isinstance(message, str) else json.dumps(message)
    return {
        "Type": "Notification",
        "MessageId": identifier,
        "TopicArn": topic,
        "Message": text,
        "Timestamp": "2026-11-24T20:33:08.000Z",
        **fields,
    }
