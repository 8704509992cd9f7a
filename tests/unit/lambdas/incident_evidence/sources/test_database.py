"""The database check's last lines."""

import json
from datetime import timedelta

from lambdas.incident_evidence.sources.database import DATABASE
from tests.unit.lambdas.incident_evidence.situation import NOW, Aws, ago, situation


def event(at, message, **fields):
    written = message if fields.pop("as_it_is", False) else json.dumps({"message": message, **fields})
    return {"timestamp": int(at.timestamp() * 1000), "message": written}


def checked(at, run):
    return event(at, "database checked", function_request_id=run, level="INFO")


def finding(at, run, name, message, level="medium"):
    return event(at, message, function_request_id=run, judgement=name, level_of_alert=level)


def look(*events):
    aws = Aws()
    asked = {
        "logGroupName": "/aws/lambda/junkos-prod-database-check",
        "startTime": int((NOW - timedelta(minutes=12)).timestamp() * 1000),
    }
    aws.expect("logs", "filter_log_events", {"events": list(events)}, asked)
    return DATABASE.look(situation(aws)).lines


def test_blockers_of_the_last_run_come_first():
    lines = look(
        finding(ago(minutes=6), "a", "blocked_session", "an old one"),
        checked(ago(minutes=6), "a"),
        event(ago(minutes=1), "START RequestId: b", as_it_is=True),
        finding(ago(minutes=1), "b", "connections", "95 % of the connections are used", "high"),
        finding(ago(minutes=1), "b", "blocked_session", "pid 7 has waited for table orders, blocked by 9 api"),
        checked(ago(minutes=1), "b"),
    )
    assert lines == (
        "medium: pid 7 has waited for table orders, blocked by 9 api (1 min before)",
        "high: 95 % of the connections are used (1 min before)",
    )


def test_run_that_goes_on_is_not_the_last():
    lines = look(checked(ago(minutes=4), "a"), finding(ago(seconds=1), "b", "connections", "half a run"))
    assert lines == ("nothing found (4 min before)",)


def test_unreachable_database_ends_a_run():
    message = "database 'shop' cannot be reached (refused)"
    down = event(ago(seconds=30), message, function_request_id="b", reason="refused", level_of_alert="critical")
    assert look(checked(ago(minutes=5), "a"), down) == (f"critical: {message} (30 s before)",)


def test_silent_check_is_said():
    assert look() == ("no check ended in the last 12 min",)
