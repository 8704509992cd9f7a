"""An outage in a night: a deployment leaks connections, the database is full, the API is down."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from unittest import mock

from lambdas.vocabulary.incidents import (
    ACTIONS,
    Action,
    Entry,
    Evidence,
    Gathered,
    Incident,
    State,
    Subject,
    Way,
)
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.on_call import STEPS, Rota

ONSET = datetime(2026, 11, 24, 2, 12, 10, tzinfo=UTC)
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
TIMEZONE = "Europe/Berlin"
RUNBOOK = "https://example.com/runbooks/service-down.md"
CONSOLE = "https://eu-central-1.console.aws.amazon.com/cloudwatch/home?region=eu-central-1#alarmsV2:alarm/api-down"


def at(minutes=0, seconds=0):
    return ONSET + timedelta(minutes=minutes, seconds=seconds)


def subject(title, level, begin, end=None, **fields):
    return Subject(
        key=title[:8],
        level=level,
        changed_at=end or begin,
        raised_at=begin,
        recovered_at=end,
        title=title,
        **fields,
    )


SUBJECTS = (
    subject(
        "The API is down",
        Level.CRITICAL,
        at(),
        at(47, 12),
        measured="0 of 3 regions reach /health, for 2 min",
        first_look="Look at the last deployment.",
        runbook=RUNBOOK,
        console=CONSOLE,
    ),
    subject(
        "Connections of the database are nearly used up",
        Level.HIGH,
        at(1, 5),
        at(44),
        measured="97 % of 100 connections",
        times=2,
        runbook=RUNBOOK,
    ),
    subject("Requests fail", Level.HIGH, at(2), at(46, 30), measured="38 % of 410 requests a minute"),
)
TIMELINE = (
    Entry(at(), "“The API is down” was raised (critical)"),
    Entry(at(0, 9), "ana was paged by SNS"),
    Entry(at(1, 5), "“Connections of the database are nearly used up” was raised (high)"),
    Entry(at(2), "“Requests fail” was raised (high)"),
    Entry(at(5, 9), "ana was paged again"),
    Entry(at(6, 31), "said that she cannot", "ana", Way.LINK),
    Entry(at(6, 32), "ben was paged by SNS"),
    Entry(at(8, 2), "took it", "ben", Way.SLACK),
    Entry(at(25), "rolled back to shop-api@1.4.1 | see `deploy.log`", "ben", Way.COMMAND),
    Entry(at(44), "“Connections of the database are nearly used up” recovered"),
    Entry(at(46, 30), "“Requests fail” recovered"),
    Entry(at(47, 12), "“The API is down” recovered: resolved"),
)
GATHERED = Gathered(
    at(0, 14),
    (
        Evidence(
            "Deployments",
            (
                "shop-api@1.5.0 was deployed to prod 11 min before, by the pipeline (run 4711)",
                "stack shop-api: UPDATE_COMPLETE at 02:01:30 UTC",
            ),
            suspected=True,
        ),
        Evidence("Database", ("82 of 100 connections are idle in transaction, from shop-api",)),
        Evidence("Errors", ("TimeoutError: no connection in 5000 ms (1204 times, new in 1.5.0)",)),
        Evidence("AWS Health", failed="it did not answer within 5 s"),
        Evidence("GuardDuty"),
    ),
    3.2,
)
INCIDENT = Incident(
    number=12,
    level=Level.CRITICAL,
    title="The API is down",
    opened_at=at(),
    changed_at=at(47, 12),
    subjects=SUBJECTS,
    steps=STEPS,
    state=State.RESOLVED,
    version=12,
    step=1,
    triggered_at=at(),
    quiet_at=at(57, 12),
    paged=("ana", "ben"),
    declined=("ana",),
    taken_by="ben",
    taken_via=Way.SLACK,
    taken_at=at(8, 2),
    first_paged_at=at(0, 9),
    first_taken_at=at(8, 2),
    resolved_at=at(47, 12),
)
OPEN = replace(
    INCIDENT,
    number=13,
    title="A backup failed",
    level=Level.HIGH,
    state=State.TRIGGERED,
    subjects=(subject("A backup failed", Level.HIGH, at(300), measured="no backup for 27 h", runbook=RUNBOOK),),
    opened_at=at(300),
    changed_at=at(300),
    triggered_at=at(300),
    resolved_at=None,
    quiet_at=None,
    paged=("ana",),
    declined=(),
    taken_by="",
    taken_via=None,
    taken_at=None,
    first_paged_at=at(300, 8),
    first_taken_at=None,
)
"""Nobody has taken it."""
ACTION = Action("a1", 12, "Limit the pool to 20 connections", "ben", "2026-12-04", ticket="SHOP-812", by="ana")
ROTA = Rota(TIMEZONE, 0, "09:00", date(2026, 11, 2), ("ana", "ben", "cem"))
OLD = replace(
    INCIDENT,
    number=11,
    title="Requests are slow",
    level=Level.HIGH,
    state=State.CLOSED,
    opened_at=ONSET - timedelta(days=30),
    first_paged_at=ONSET - timedelta(days=30),
    first_taken_at=None,
    taken_by="",
    resolved_at=ONSET - timedelta(days=30) + timedelta(minutes=4),
    closed_at=ONSET - timedelta(days=30) + timedelta(minutes=14),
)
"""It recovered before anybody took it."""


class Table:
    """The incidents of the story in memory, read as IncidentTable is; nobody has made an urgent override."""

    name = "incidents"
    dynamodb = mock.Mock(
        **{"get_paginator.return_value": SimpleNamespace(paginate=lambda **_: [{"Items": []}])}  # of overrides
    )

    def __init__(self, *incidents):
        self.incidents = {each.number: each for each in incidents or (OLD, INCIDENT, OPEN)}

    def incident(self, number):
        return self.incidents.get(number)

    def open_incidents(self):
        return [each for each in self.incidents.values() if each.closed_at is None]

    def newest(self, limit=100):
        return iter([self.incidents[number] for number in sorted(self.incidents, reverse=True)][:limit])

    def timeline(self, number):
        return list(TIMELINE) if number == INCIDENT.number else []

    def evidence(self, number):
        return GATHERED if number == INCIDENT.number else None

    def documents(self, record):
        return [ACTION.to_json()] if record == ACTIONS else []
