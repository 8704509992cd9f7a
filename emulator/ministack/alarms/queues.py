"""AWS/SQS: how many messages wait in each queue, once a minute for the minute that is over.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
"""

from ministack.services import cloudwatch, sqs

from emulator.ministack.alarms import clock

NAMESPACE = "AWS/SQS"
_MINUTE = 60
_SENT = {
    "ApproximateNumberOfMessagesVisible": "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible": "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed": "ApproximateNumberOfMessagesDelayed",
}


def register() -> None:
    """Nothing to replace: the evaluation asks."""


def send_metrics() -> None:
    """Record what every queue holds; a value that the minute has already is not repeated."""
    minute = clock.epoch() // _MINUTE * _MINUTE - _MINUTE
    for queue in sqs._queues.values():
        sqs._refresh_counts(queue)
        for metric, attribute in _SENT.items():
            _record(queue["name"], metric, float(queue["attributes"][attribute]), minute)


def _record(queue: str, metric: str, value: float, minute: float) -> None:
    dimensions = {"QueueName": queue}
    samples = cloudwatch._metric_bucket((NAMESPACE, metric, cloudwatch._dims_key(dimensions)))
    if not any(it["Timestamp"] == minute and it["Value"] == value for it in samples):
        samples.append({"Timestamp": minute, "Value": value, "Unit": "Count", "Dimensions": dimensions})
