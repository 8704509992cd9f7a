"""What AWS's documentation says of the metrics of its own that alarms look at: unit, dimensions and range.

RDS: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html
Lambda: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
SQS: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
SNS: https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Documented:
    """The unit in which values come, the names of the dimensions that a datapoint has, and the highest value."""

    unit: str
    dimensions: frozenset[str]
    highest: float = float("inf")


_RDS, _LAMBDA, _SQS = frozenset({"DBInstanceIdentifier"}), frozenset({"FunctionName"}), frozenset({"QueueName"})
_SNS = frozenset({"TopicName"})

DOCUMENTED: Mapping[tuple[str, str], Documented] = {
    ("AWS/RDS", "CPUUtilization"): Documented("Percent", _RDS, 100),
    ("AWS/RDS", "FreeStorageSpace"): Documented("Bytes", _RDS),
    ("AWS/RDS", "FreeableMemory"): Documented("Bytes", _RDS),
    ("AWS/RDS", "DatabaseConnections"): Documented("Count", _RDS),
    ("AWS/RDS", "DBLoad"): Documented("None", _RDS),
    ("AWS/RDS", "ReadLatency"): Documented("Seconds", _RDS),
    ("AWS/RDS", "WriteLatency"): Documented("Seconds", _RDS),
    ("AWS/RDS", "EBSIOBalance%"): Documented("Percent", _RDS, 100),
    ("AWS/RDS", "EBSByteBalance%"): Documented("Percent", _RDS, 100),
    ("AWS/RDS", "BurstBalance"): Documented("Percent", _RDS, 100),
    ("AWS/RDS", "CPUCreditBalance"): Documented("Count", _RDS),
    ("AWS/Lambda", "Errors"): Documented("Count", _LAMBDA),
    ("AWS/Lambda", "Throttles"): Documented("Count", frozenset()),  # of all functions of the region together
    ("AWS/Lambda", "Invocations"): Documented("Count", _LAMBDA),
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible"): Documented("Count", _SQS),
    ("AWS/SNS", "NumberOfNotificationsFailed"): Documented("Count", _SNS),
    ("AWS/SQS", "ApproximateAgeOfOldestMessage"): Documented("Seconds", _SQS),
}
