"""Numbers of CloudWatch, as checks ask for them: few series, bounded times."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from lambdas.checklist.check import Reads, Situation
from lambdas.checklist.reader import UnreadableError
from lambdas.error_budget.objective import Series

DAY: Final = timedelta(days=1)
MOST: Final = 100
"""Series that are asked for at once; GetMetricData takes 500, and each costs $0.01 a thousand."""
READS: Final = Reads(("cloudwatch:GetMetricData",), because="This action takes no resource, and reads numbers only.")
Values = Mapping[Series, Mapping[datetime, float]]
"""By series and by the beginning of a period; a period without data is left out."""


def values_of(situation: Situation, series: tuple[Series, ...], length: timedelta, period: timedelta) -> Values:
    """Those of the last whole periods that make up `length`.  Raises UnreadableError, also for a part of the answer."""
    asked = tuple(dict.fromkeys(series))[:MOST]
    if not asked:
        return {}
    end = _whole(situation.at, period)
    results = situation.account.pages(
        "cloudwatch",
        "get_metric_data",
        "MetricDataResults",
        MetricDataQueries=[_query(number, one, period) for number, one in enumerate(asked)],
        StartTime=end - length,
        EndTime=end,
    )
    found: dict[Series, dict[datetime, float]] = {one: {} for one in asked}
    for result in results:
        one = asked[int(result["Id"].removeprefix("series"))]
        if result.get("StatusCode", "Complete") not in ("Complete", "PartialData"):
            raise UnreadableError(f"cloudwatch:GetMetricData: {result['StatusCode']} for {one.metric}")
        found[one].update(zip(result.get("Timestamps", ()), result.get("Values", ()), strict=True))
    return found


def _whole(moment: datetime, period: timedelta) -> datetime:
    """The end of the last whole period: what is still counted would look like less."""
    origin = datetime(1970, 1, 1, tzinfo=UTC)
    return origin + (moment - origin) // period * period


def _query(number: int, series: Series, period: timedelta) -> dict[str, Any]:
    return {
        "Id": f"series{number}",
        "MetricStat": {
            "Metric": {
                "Namespace": series.namespace,
                "MetricName": series.metric,
                "Dimensions": [{"Name": name, "Value": value} for name, value in series.dimensions],
            },
            "Period": int(period.total_seconds()),
            "Stat": series.statistic,
        },
    }
