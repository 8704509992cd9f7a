"""The counts of objectives out of CloudWatch, all in one call.

A call costs $0.01 for 1 000 metrics, up to five statistics of one metric being one: four metrics every five minutes are
35 000 a month, $0.35.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from lambdas.error_budget.burn_rate import Counts
from lambdas.error_budget.objective import Objective, Series

Values = Mapping[Series, Sequence[float]]


class NoCountsError(Exception):
    """CloudWatch did not say how many events there were: nothing is known, which is not the same as none."""


def read_counts(
    cloudwatch: Any, objectives: Iterable[Objective], end: datetime, length: timedelta, period: timedelta
) -> dict[Objective, Counts]:
    """The counts of each objective in the periods of `length` before `end`, a multiple of `period`.

    Raises NoCountsError when CloudWatch refuses or fails for one of the series.
    """
    promised = tuple(objectives)
    series = tuple(dict.fromkeys(one for objective in promised for one in objective.series))
    values = read_series(cloudwatch, series, end, length, period)
    return {objective: _counts(objective, values) for objective in promised}


def _counts(objective: Objective, values: Values) -> Counts:
    events = _sum(objective.events, values)
    if objective.bad:
        return Counts(events, _sum(objective.bad, values))
    # Two metrics of the same lines may be a moment apart: no period has fewer than no bad events.
    return Counts(
        events, [max(0.0, all_ - good) for all_, good in zip(events, _sum(objective.good, values), strict=True)]
    )


def _sum(several: Sequence[Series], values: Values) -> list[float]:
    return [sum(at) for at in zip(*(values[series] for series in several), strict=True)]


def read_series(
    cloudwatch: Any, series: Sequence[Series], end: datetime, length: timedelta, period: timedelta
) -> dict[Series, list[float]]:
    """The values of each series in the periods of `length` before `end`, a multiple of `period`; 0 where there is none.

    Raises NoCountsError when CloudWatch refuses or fails for one of them.
    """
    start, periods = end - length, length // period
    queries = {f"series{number}": one for number, one in enumerate(series)}
    values = {one: [0.0] * periods for one in series}
    pages = cloudwatch.get_paginator("get_metric_data").paginate(
        MetricDataQueries=[_query(name, one, period) for name, one in queries.items()],
        StartTime=start,
        EndTime=end,
        ScanBy="TimestampAscending",
    )
    for result in (result for page in pages for result in page["MetricDataResults"]):
        one = queries[result["Id"]]
        if result.get("StatusCode", "Complete") not in ("Complete", "PartialData"):
            reasons = "; ".join(message.get("Value", "") for message in result.get("Messages", ()))
            raise NoCountsError(
                f"{one.statistic} of {one.metric}: {result['StatusCode']}: {reasons or 'no reason given'}"
            )
        for moment, value in zip(result["Timestamps"], result["Values"], strict=True):
            index = (moment - start) // period
            if 0 <= index < periods:
                values[one][index] += value
    return values


def _query(name: str, series: Series, period: timedelta) -> dict[str, Any]:
    return {
        "Id": name,
        "MetricStat": {
            "Metric": {
                "Namespace": series.namespace,
                "MetricName": series.metric,
                "Dimensions": [{"Name": key, "Value": value} for key, value in series.dimensions],
            },
            "Period": int(period.total_seconds()),
            "Stat": series.statistic,
        },
    }
