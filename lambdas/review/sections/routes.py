"""The busiest routes, by the API's log.

A query costs $0.005 for each GB that it looks at: so it looks at whole days, the newest first, up to `MOST_BYTES`.
"""

import time
from datetime import datetime, timedelta
from typing import Any, Final

from lambdas.review.metrics import read_metrics, statistic
from lambdas.review.section import Figure, Found, Section, Situation, UnknownError
from lambdas.review.span import DAY
from lambdas.shared.documents.document import Table
from lambdas.shared.lines import one_line
from lambdas.shared.quantities import counted, rounded, size
from lambdas.vocabulary.log_contract import Event, Field
from lambdas.vocabulary.reviews import State

MOST_BYTES: Final = 2e9
"""$0.01 a month."""
MOST_ROUTES: Final = 15
PATIENCE: Final = timedelta(seconds=120)
_POLL_SECONDS: Final = 1.0
_BYTES: Final = "bytes"


def _look(situation: Situation) -> Found:
    days, read = _days_within(situation)
    until = situation.span.until
    since = max(until - days * DAY, situation.span.since)
    rows = _query(situation, since, until)
    if not rows:
        raise UnknownError(f"log {situation.settings.api_log} has no line of a request (docs/log-contract.md)")
    total = sum(float(row["requests"]) for row in rows)
    top = rows[0]
    source = f"log {situation.settings.api_log}, the last {counted(days, 'day')} ({size(read)})"
    return Found(
        State.NOTED,
        f"busiest: {_route(top)}, {rounded(float(top['requests']))} requests in {counted(days, 'day')}",
        (
            Figure("requests", "Requests to the busiest routes", total, rounded(total), source),
            Figure("days", "Days that were looked at", days, str(days), source),
        ),
        (Table(("Route", "Requests", "p95"), tuple(map(_row, rows))),),
    )


def _days_within(situation: Situation) -> tuple[int, float]:
    """How many days before the end hold no more than is looked at, one at least, and how much they hold."""
    span, group = situation.span, situation.settings.api_log
    query = statistic("AWS/Logs", "IncomingBytes", {"LogGroupName": group}, "Sum", DAY)
    found = read_metrics(situation.client("cloudwatch"), {_BYTES: query}, span.days[0], span.until)[_BYTES]
    days, together = 0, 0.0
    for _, of_day in reversed(list(found)):
        if days and together + of_day > MOST_BYTES:
            break
        days, together = days + 1, together + of_day
    return max(days, 1), together


def _query(situation: Situation, since: datetime, until: datetime) -> list[dict[str, str]]:
    logs = situation.client("logs")
    started = logs.start_query(
        logGroupName=situation.settings.api_log,
        startTime=int(since.timestamp()),
        endTime=int(until.timestamp()),
        queryString=_text(situation.here.name),
        limit=MOST_ROUTES,
    )["queryId"]
    until_when = time.monotonic() + PATIENCE.total_seconds()
    while True:
        answer = logs.get_query_results(queryId=started)
        if answer["status"] == "Complete":
            return [{field["field"]: field["value"] for field in row} for row in answer["results"]]
        if answer["status"] not in ("Scheduled", "Running") or time.monotonic() > until_when:
            raise UnknownError(f"the query over log {situation.settings.api_log} ended as {answer['status']}")
        time.sleep(_POLL_SECONDS)


def _text(environment: str) -> str:
    return (
        f'filter {Field.EVENT} = "{Event.REQUEST}" and {Field.ENVIRONMENT} = "{environment}"'
        f" | stats count(*) as requests, pct({Field.DURATION_MS}, 95) as p95 by {Field.METHOD}, {Field.ROUTE}"
        " | sort requests desc"
    )


def _row(row: dict[str, Any]) -> tuple[str, ...]:
    p95 = row.get("p95")
    return _route(row), rounded(float(row["requests"])), f"{rounded(float(p95))} ms" if p95 else "-"


def _route(row: dict[str, Any]) -> str:
    return one_line(f"{row.get(Field.METHOD, '')} {row.get(Field.ROUTE, '')}".strip())


ROUTES = Section("routes", "Busiest routes", _look)
