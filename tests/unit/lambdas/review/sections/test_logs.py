"""Sections that read log lines: slow statements, test alerts, routes."""

import json
from datetime import timedelta

import pytest

from lambdas.review import own_log
from lambdas.review.sections import routes
from lambdas.review.sections.alerts import ALERTS
from lambdas.review.sections.routes import ROUTES
from lambdas.review.sections.slow_statements import SLOW_STATEMENTS
from lambdas.vocabulary.reviews import Period, State
from tests.unit.lambdas.review.situation import NOW, UNTIL, Account, ago, ask, metrics

WEEK_AGO = UNTIL - timedelta(days=7)


def statement(identifier, calls, mean, text="SELECT * FROM orders WHERE id = $1"):
    return {
        "id": identifier,
        "statement": text,
        "calls": calls,
        "rows": calls,
        "mean_milliseconds": mean,
        "longest_milliseconds": 9000.0,
        "total_milliseconds": calls * mean,
    }


def checked(at, *statements, **more):
    line = {"message": "database checked", "measurements": {"slow_statements": list(statements)}, **more}
    return {"timestamp": int(at.timestamp() * 1000), "message": json.dumps(line)}


def log(*events):
    """FilterLogEvents, by the time that is asked for."""

    def answer(**asked):
        inside = [event for event in events if asked["startTime"] <= event["timestamp"] <= asked["endTime"]]
        return {"events": inside}

    return Account({"logs.filter_log_events": answer})


def slow(*events):
    return ask(SLOW_STATEMENTS, log(*events))


def test_slower_than_before():
    """A hundred calls of 1.2 s until then, and fifty of 3 s since."""
    before = checked(WEEK_AGO + timedelta(minutes=2), statement("1", 100, 1200.0), statement("2", 10, 2000.0))
    after = checked(
        UNTIL - timedelta(minutes=3), statement("1", 150, 1800.0), statement("2", 10, 2000.0), statement("3", 5, 1500.0)
    )
    found = slow(before, after)
    assert (found.state, found.summary) == (
        State.ATTENTION,
        "3 slow statements, the worst 1.8 s on average; 1 slower than before",
    )
    assert [row[1:4] for row in found.blocks[0].rows] == [
        ("50", "1.2 s", "3 s"),
        ("0", "2 s", "not called"),
        ("5", "not listed", "1.5 s"),
    ]


def test_reset_counters_are_no_negative_calls():
    before = checked(WEEK_AGO + timedelta(minutes=2), statement("1", 100, 1200.0))
    found = slow(before, checked(UNTIL - timedelta(minutes=3), statement("1", 7, 1100.0)))
    assert found.blocks[0].rows[0][1:4] == ("7", "not listed", "1.1 s")
    assert found.state is State.NOTED


def test_log_that_does_not_reach_back():
    found = slow(checked(UNTIL - timedelta(minutes=3), statement("1", 7, 1100.0)))
    assert found.blocks[1].said.startswith("The log does not reach back")


def test_newest_line_counts():
    found = slow(
        checked(UNTIL - timedelta(minutes=3)), checked(UNTIL - timedelta(minutes=8), statement("1", 7, 1100.0))
    )
    assert (found.state, found.summary) == (State.GOOD, "no statement is slow")


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"absent": {"slow_statements": "pg_stat_statements is not installed"}}, "pg_stat_statements is not installed"),
        ({"missing_grants": {"GRANT pg_read_all_stats TO x": ["slow_statements"]}}, "GRANT pg_read_all_stats TO x"),
    ],
)
def test_what_was_not_measured_is_unknown(more, reason):
    found = slow(checked(UNTIL - timedelta(minutes=3), **more))
    assert (found.state, found.summary) == (State.UNKNOWN, f"the database check cannot list them: {reason}")


def test_no_check_is_unknown():
    assert slow().state is State.UNKNOWN


def test_line_that_masking_broke_is_passed_over():
    broken = {"timestamp": int((UNTIL - timedelta(minutes=1)).timestamp() * 1000), "message": '{"message": ***'}
    assert slow(broken, checked(UNTIL - timedelta(minutes=3))).state is State.GOOD


def test_endless_log_is_unknown(monkeypatch):
    monkeypatch.setattr(own_log, "_MOST_PAGES", 3)
    account = Account({"logs.filter_log_events": [{"events": []}] * 4})
    assert ask(SLOW_STATEMENTS, account).state is State.UNKNOWN


def sent_alert(good=True, at=None, **fields):
    line = {"message": "test alert", "good": good, "answers": [], "handed_over": [], "lost": [], **fields}
    return {"timestamp": int((at or ago(days=20)).timestamp() * 1000), "message": json.dumps(line)}


def alerts(*events, **values):
    account = log(*events).but(
        cloudwatch__get_metric_data=metrics({name: {ago(days=2): of} for name, of in values.items()})
    )
    return ask(ALERTS, account)


def test_alerts_that_arrived():
    answers = [{"channel": "slack", "outcome": "delivered", "seconds": 4.2}]
    found = alerts(sent_alert(answers=answers, handed_over=["1 e-mail address"]), NumberOfMessagesPublished=3.0)
    assert (found.state, found.summary) == (
        State.GOOD,
        "12 alerts published, 0 not delivered; the test alert 20 d 6 h ago arrived",
    )
    assert found.blocks[1].rows == (("slack", "delivered", "4.2 s"), ("1 e-mail address", "handed to SNS", "-"))


@pytest.mark.parametrize(
    ("events", "values"),
    [
        ([], {}),
        ([sent_alert(good=False, lost=["1 e-mail address not confirmed"])], {}),
        ([sent_alert(at=NOW - timedelta(days=36))], {}),
        ([sent_alert()], {"NumberOfNotificationsFailed": 1.0}),
        ([sent_alert()], {"channel_failed": 1.0}),
    ],
    ids=["never tested", "test failed", "tested long ago", "SNS failed", "channel refused"],
)
def test_alerts_that_did_not(events, values):
    assert alerts(*events, **values).state is State.ATTENTION


def query(*statuses, rows=()):
    answers = iter(statuses)
    asked = []

    def start(**given):
        asked.append(given)
        return {"queryId": "q"}

    def results(**_given):
        found = [[{"field": name, "value": value} for name, value in row.items()] for row in rows]
        return {"status": next(answers), "results": found}

    return asked, {"logs.start_query": start, "logs.get_query_results": results}


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    monkeypatch.setattr(routes, "_POLL_SECONDS", 0)


def busiest(*statuses, rows=(), gigabytes=(0.5, 0.5, 0.5, 0.5, 0.5), **given):
    asked, answers = query(*statuses, rows=rows)
    days = {ago(days=number): 1e9 * size for number, size in enumerate(reversed(gigabytes), 1)}
    volume = metrics({"IncomingBytes": dict(sorted(days.items())), "bytes": {}})
    found = ask(ROUTES, Account({**answers, "cloudwatch.get_metric_data": volume}), Period.MONTH, **given)
    return found, asked


ROWS = [
    {"method": "GET", "route": "/orders", "requests": "900", "p95": "31.5"},
    {"method": "POST", "route": "/x", "requests": "9"},
]


def test_busiest_routes():
    found, _ = busiest("Running", "Complete", rows=ROWS)
    assert found.summary == "busiest: GET /orders, 900 requests in 4 days"
    assert found.blocks[0].rows == (("GET /orders", "900", "31.5 ms"), ("POST /x", "9", "-"))


def test_no_more_is_read_than_is_paid_for():
    """Four days of half a gigabyte are two; the day before is left out."""
    _, asked = busiest("Complete", rows=ROWS)
    assert asked[0]["startTime"] == int(ago(days=4).timestamp())
    assert asked[0]["endTime"] == int(UNTIL.timestamp())


def test_one_day_at_least():
    _, asked = busiest("Complete", rows=ROWS, gigabytes=(9, 9))
    assert asked[0]["startTime"] == int(ago(days=1).timestamp())


@pytest.mark.parametrize("status", ["Failed", "Timeout", "Cancelled"])
def test_failed_query_is_unknown(status):
    found, _ = busiest("Running", status)
    assert (found.state, found.summary) == (State.UNKNOWN, f"the query over log /junkos/prod/backend ended as {status}")


def test_query_that_never_ends_is_unknown(monkeypatch):
    monkeypatch.setattr(routes, "PATIENCE", timedelta(0))
    assert busiest("Running", "Running")[0].state is State.UNKNOWN


def test_log_without_requests_is_unknown():
    assert busiest("Complete")[0].state is State.UNKNOWN
