"""The environment's alarms, their history and the points of their metrics."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from lambdas.review.alarms.condition import Condition, Points
from lambdas.review.metrics import read_metrics
from lambdas.review.section import UnknownError
from lambdas.vocabulary.alarm_description import AlarmDescription

HISTORY: Final = timedelta(days=30)
"""As long as CloudWatch keeps it."""
_MOST_PAGES: Final = 200
_PAGE: Final = 100
"""Records, the most that DescribeAlarmHistory gives."""
_FINE: Final = timedelta(days=15)
"""CloudWatch keeps points of one minute so long, those of five minutes longer than any review needs."""
_FIVE_MINUTES: Final = 300
_WATCHED: Final = "watched"


@dataclass(frozen=True)
class Alarm:
    name: str
    """Without the environment's prefix."""
    described: AlarmDescription
    written: Mapping[str, Any]
    """As DescribeAlarms has it."""

    @property
    def condition(self) -> Condition | None:
        """None for a composite alarm, and for one on a band."""
        return Condition.of(self.written)


def alarms_of(cloudwatch: Any, prefix: str) -> list[Alarm]:
    """Those of the environment; one that somebody else named alike is left out."""
    pages = cloudwatch.get_paginator("describe_alarms").paginate(
        AlarmNamePrefix=prefix, AlarmTypes=["MetricAlarm", "CompositeAlarm"]
    )
    return [
        Alarm(written["AlarmName"].removeprefix(prefix), described, written)
        for page in pages
        for kind in ("MetricAlarms", "CompositeAlarms")
        for written in page.get(kind, ())
        if (described := AlarmDescription.from_text(written.get("AlarmDescription", ""))) and described.level
    ]


def firings_of(cloudwatch: Any, prefix: str, since: datetime, until: datetime) -> dict[str, list[datetime]]:
    """When each alarm went to ALARM, by its name without the prefix.

    Raises UnknownError where the history is longer than what is read: a part of it would make noisy alarms quiet.
    """
    found: dict[str, list[datetime]] = {}
    for name, at, to in _changes(cloudwatch, since, until):
        if name.startswith(prefix) and to == "ALARM":
            found.setdefault(name.removeprefix(prefix), []).append(at)
    return found


def points_of(cloudwatch: Any, alarm: Alarm, until: datetime) -> Points:
    """Of the thirty days before `until`, of which CloudWatch keeps a period of less than five minutes for fifteen."""
    condition = alarm.condition
    assert condition is not None  # noqa: S101  (whoever asks has looked)
    period = timedelta(seconds=condition.seconds)
    length = HISTORY if condition.seconds >= _FIVE_MINUTES else _FINE
    number = length // period
    end = datetime.fromtimestamp(until.timestamp() // condition.seconds * condition.seconds, until.tzinfo)
    queries, watched = _queries(alarm)
    found = read_metrics(cloudwatch, queries, end - number * period, end)[watched]
    points: list[float | None] = [None] * number
    for at, value in found:
        place = (at - (end - number * period)) // period
        if 0 <= place < number:
            points[place] = value
    return points


def _changes(cloudwatch: Any, since: datetime, until: datetime) -> Iterator[tuple[str, datetime, str]]:
    """Of all alarms of the account: asking for each alarm alone would be a request for each."""
    pages = cloudwatch.get_paginator("describe_alarm_history").paginate(
        AlarmTypes=["MetricAlarm", "CompositeAlarm"],
        HistoryItemType="StateUpdate",
        StartDate=since,
        EndDate=until,
        PaginationConfig={"PageSize": _PAGE},
    )
    for number, page in enumerate(pages):
        if number == _MOST_PAGES:
            raise UnknownError(f"the alarms changed more than {_MOST_PAGES * _PAGE} times: not all of it was read")
        for item in page["AlarmHistoryItems"]:
            if to := _new_state(item.get("HistoryData", "")):
                yield item["AlarmName"], item["Timestamp"], to


def _new_state(data: str) -> str:
    try:
        return str(json.loads(data)["newState"]["stateValue"])
    except (ValueError, KeyError, TypeError):
        return ""


def _queries(alarm: Alarm) -> tuple[dict[str, dict[str, Any]], str]:
    """What the alarm looks at, as GetMetricData takes it, and the Id of what it compares with its threshold."""
    written = alarm.written
    if not written.get("Metrics"):
        of = {name: written[name] for name in ("Namespace", "MetricName", "Dimensions") if name in written}
        stat = written.get("ExtendedStatistic") or written.get("Statistic")
        metric = {"Metric": of, "Period": written["Period"], "Stat": stat}
        return {_WATCHED: {"MetricStat": metric | ({"Unit": written["Unit"]} if written.get("Unit") else {})}}, _WATCHED
    queries = {query["Id"]: {name: of for name, of in query.items() if name != "Id"} for query in written["Metrics"]}
    return queries, next(name for name, query in queries.items() if query.get("ReturnData", True))
