"""Metrics of CloudWatch, read as a whole or not at all.

GetMetricData costs $0.01 for 1 000 metrics that are asked for.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from lambdas.review.section import UnknownError

Points = Sequence[tuple[datetime, float]]
"""Oldest first; a period without data is left out."""


def read_metrics(
    cloudwatch: Any, queries: Mapping[str, Mapping[str, Any]], since: datetime, until: datetime
) -> dict[str, Points]:
    """The points of each query by its Id.  Raises UnknownError where CloudWatch answers a part of them only."""
    found: dict[str, list[tuple[datetime, float]]] = {name: [] for name in queries}
    pages = cloudwatch.get_paginator("get_metric_data").paginate(
        MetricDataQueries=[{"Id": name, **query} for name, query in queries.items()],
        StartTime=since,
        EndTime=until,
        ScanBy="TimestampAscending",
    )
    for result in (result for page in pages for result in page["MetricDataResults"]):
        if result.get("StatusCode", "Complete") not in ("Complete", "PartialData"):
            reasons = "; ".join(message.get("Value", "") for message in result.get("Messages", ()))
            label = result.get("Label", result["Id"])
            raise UnknownError(f"CloudWatch gave no data of {label}: {result['StatusCode']} {reasons}".rstrip())
        if result["Id"] in found:
            found[result["Id"]] += zip(result["Timestamps"], result["Values"], strict=True)
    return dict(found)


def statistic(
    namespace: str, name: str, dimensions: Mapping[str, str], statistic_name: str, period: timedelta
) -> dict[str, Any]:
    """A query without its Id."""
    return {
        "MetricStat": {
            "Metric": {
                "Namespace": namespace,
                "MetricName": str(name),
                "Dimensions": [{"Name": str(key), "Value": value} for key, value in dimensions.items()],
            },
            "Period": int(period.total_seconds()),
            "Stat": statistic_name,
        }
    }
