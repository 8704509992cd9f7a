"""Ninety days of four services as checks would have seen them: two incidents that ended, and one that lasts."""

import random
from datetime import UTC, date, datetime, timedelta

from lambdas.shared.endpoint_state.cause import NO_CAUSE, Cause
from lambdas.shared.endpoint_state.current import never_seen
from lambdas.shared.endpoint_state.day import Day
from lambdas.shared.endpoint_state.history import History
from lambdas.shared.endpoint_state.observation import Observation, Rules
from lambdas.shared.endpoint_state.step import Occasion, step
from lambdas.status_page.overview import overview_of
from lambdas.status_page.settings import Settings
from lambdas.vocabulary.endpoints import Reason, State

NOW = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)
RULES = Rules(interval=timedelta(minutes=30))  # coarser than in truth, so that it is quickly computed
SETTINGS = Settings(
    environment="test",
    table="states",
    bucket="status",
    title="JunkOS status",
    address="https://status.example.com/",
    stale_after=timedelta(minutes=90),
)


def history(name, usual_ms, troubles=(), first=NOW - timedelta(days=89), until=NOW, *, windows=()):
    """The history of a service with `troubles`: (from, to, state, reason), and windows of announced maintenance."""
    dice = random.Random(name)  # noqa: S311 - a story, not a secret
    current, days, incidents = never_seen(name, first.date()), {}, {}
    at = first.replace(hour=0, minute=11, second=40)
    while at <= until:
        state, reason = next(((s, why) for begin, end, s, why in troubles if begin <= at < end), (State.UP, ""))
        wave = 1 + 0.25 * ((at.date() - date(2026, 8, 1)).days % 30) / 30
        slowness = 18 if state is State.SLOW else 1
        latency = (
            None if state in (State.DOWN, State.UNKNOWN) else usual_ms * wave * slowness * dice.lognormvariate(0, 0.25)
        )
        causes = {State.DEGRADED: Cause("", tuple(reason.split(", "))), State.DOWN: Cause(reason)}
        seen = Observation(name, state, at, latency and round(latency, 1), causes.get(state, NO_CAUSE))
        slot = at - timedelta(seconds=100)
        taken = step(current, seen, Occasion(slot, at, RULES, windows), lambda of: days.get(of, Day(of)))  # noqa: B023
        current = taken.current
        days |= {day.date: day for day in taken.days}
        if taken.incident:
            incidents[taken.incident.start] = taken.incident
        at += RULES.interval
    days[current.day.date] = current.day
    return History(
        current, tuple(days[of] for of in sorted(days)), tuple(incidents[start] for start in sorted(incidents))
    )


def coming_and_going(name, down, up, rules=Rules(), days=90):  # noqa: B008 - it is frozen
    """The history of a service that for `days` fails `down` checks in a row, passes `up`, and so on."""
    current, past, incidents = never_seen(name, NOW.date() - timedelta(days=days)), [], {}
    states = [*[State.DOWN] * down, *[State.UP] * up]
    for number in range(days * timedelta(days=1) // rules.interval):
        at = NOW - timedelta(days=days) + (number + 1) * rules.interval
        state = states[number % len(states)]
        seen = Observation(name, state, at, 120.0, Cause(Reason.REFUSED) if state is State.DOWN else NO_CAUSE)
        taken = step(current, seen, Occasion(at, at, rules), Day)
        current = taken.current
        past += taken.days
        if taken.incident:
            incidents[taken.incident.start] = taken.incident
    if current.incident:
        incidents[current.incident.start] = current.incident
    return History(current, (*past, current.day), tuple(incidents.values()))


def ago(**time):
    return NOW - timedelta(**time)


def story():
    database = (ago(hours=1, minutes=40), NOW, State.DEGRADED, "database, order queue")
    outage = (ago(days=38, hours=3), ago(days=38, hours=1), State.DOWN, Reason.REFUSED)
    sluggish = (ago(days=12, hours=9), ago(days=12, hours=6), State.SLOW, "")
    struggling = (ago(days=61, hours=4), ago(days=61, hours=2), State.DEGRADED, "disk")
    certificate = (ago(days=61, hours=2), ago(days=61), State.DOWN, Reason.TLS_INVALID)
    blind = (ago(days=75), ago(days=73), State.UNKNOWN, Reason.NO_NETWORK)
    return [
        history("Public API", 180, [outage, database, blind]),
        history("Customer dashboard", 320, [sluggish, blind]),
        history("Payments", 95, [struggling, certificate, blind]),
        history("Webhooks", 60, first=ago(days=31)),
    ]


def overview(histories=None, moment=NOW):
    return overview_of(story() if histories is None else histories, moment, SETTINGS.stale_after)
