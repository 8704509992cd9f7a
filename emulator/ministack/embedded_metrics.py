"""Log lines in CloudWatch's embedded metric format become metrics, as CloudWatch Logs makes of them.

Format: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from ministack.services import cloudwatch, cloudwatch_logs

_append = cloudwatch_logs._append_log_events
_MARK = '"_aws"'


def register() -> None:
    cloudwatch_logs._append_log_events = append


def append(stream: Any, events: Sequence[dict[str, Any]]) -> None:
    _append(stream, events)
    for event in events:
        for namespace, data in metric_data(event["message"]):
            cloudwatch._put_metric_data({}, {"Namespace": namespace, "MetricData": data}, False, is_json=True)


def metric_data(line: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The namespace and the data of each directive of a line; a line in another format has none."""
    document = _document(line)
    about = document.get("_aws", {})
    for directive in about.get("CloudWatchMetrics", ()):
        yield (
            directive["Namespace"],
            [
                _datum(document, metric, dimensions, about["Timestamp"])
                for metric in directive["Metrics"]
                for dimensions in directive["Dimensions"]
                if metric["Name"] in document
            ],
        )


def _document(line: str) -> dict[str, Any]:
    if _MARK not in line:
        return {}
    try:
        document = json.loads(line)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _datum(
    document: dict[str, Any], metric: dict[str, str], dimensions: Sequence[str], milliseconds: float
) -> dict[str, Any]:
    value = document[metric["Name"]]
    distribution = value if isinstance(value, dict) else {"Values": value if isinstance(value, list) else [value]}
    return {
        "MetricName": metric["Name"],
        "Dimensions": [{"Name": name, "Value": str(document[name])} for name in dimensions],
        "Unit": metric.get("Unit", "None"),
        "Timestamp": milliseconds / 1000,
        "Values": distribution["Values"],
        "Counts": distribution.get("Counts"),
    }
