"""The story with what people say of it: a published incident, maintenance of each phase, groups, a logo and accents."""

from dataclasses import replace
from datetime import timedelta

from lambdas.shared.endpoint_state.window import Window
from lambdas.shared.status_notes.notes import Impact, Maintenance, Notes, PublishedIncident, Stage, Update
from lambdas.status_page.look import Logo, Look
from lambdas.status_page.overview import overview_of
from lambdas.vocabulary.endpoints import Reason, State
from tests.integration.status_page.story import NOW, SETTINGS, ago, history, story

SVG = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><circle cx="20" cy="20" r="18" fill="#7a3fb0"/>
<path d="M12 22l6 6 11-14" fill="none" stroke="#fff" stroke-width="4"/></svg>"""
LOOK = Look(Logo("svg", SVG), "#7a3fb0", "#c9a4f0")
GROUPS = {"Public API": "For developers", "Webhooks": "For developers", "Payments": "For customers"}


def incident(*updates, title="Payments are slow to confirm", services=("Payments",), impact=Impact.DEGRADED, **more):
    """Its updates are (how long ago, stage, text)."""
    said = tuple(Update(NOW - since, stage, text, "anna") for since, stage, text in updates)
    return PublishedIncident(more.pop("id", "a1b2c3d4"), title, services, impact, said, **more)


def maintenance(start, until, *, title="Move to a larger database", services=("Payments",), **more):
    announced = more.pop("announced_at", start - timedelta(days=2))
    text = "We move the data.\nPayments wait meanwhile, and none is lost."
    return Maintenance(more.pop("id", "0f0f0f0f"), title, services, text, start, until, announced, by="anna", **more)


def three_updates():
    return incident(
        (timedelta(minutes=95), Stage.INVESTIGATING, "Confirmations come late. We look into it."),
        (timedelta(minutes=60), Stage.IDENTIFIED, "A queue of our payment provider is full.\nNo payment is lost."),
        (timedelta(minutes=12), Stage.MONITORING, "The queue is empty again. We watch it."),
    )


def notes():
    resolved = incident(
        (timedelta(days=38, hours=2), Stage.INVESTIGATING, "The API does not answer."),
        (timedelta(days=38, minutes=50), Stage.RESOLVED, "A bad release was taken back."),
        title="API outage",
        services=("Public API", "Webhooks"),
        impact=Impact.DOWN,
        id="b2b2b2b2",
    )
    planned = maintenance(NOW + timedelta(days=3), NOW + timedelta(days=3, hours=2), announced_at=ago(hours=1))
    running = maintenance(
        ago(minutes=42), NOW + timedelta(minutes=48), title="New certificates", services=("Webhooks",), id="c3c3c3c3"
    )
    over = maintenance(*OVER, title="Restart of the database", ended_at=OVER_ENDED, id="d4d4d4d4")
    cancelled = maintenance(
        ago(days=5), ago(days=5) + timedelta(hours=1), title="Upgrade", cancelled_at=ago(days=6), id="e5e5e5e5"
    )
    return Notes((resolved, three_updates()), (over, cancelled, running, planned))


OVER = (ago(days=20, hours=4), ago(days=20))
OVER_ENDED = ago(days=20, hours=1)


def histories():
    found = {each.current.endpoint: each for each in story()}
    window = Window(OVER[0], OVER_ENDED)
    found["Payments"] = history(
        "Payments", 95, [(window.start, window.end, State.DOWN, Reason.REFUSED)], windows=(window,)
    )
    down = [(ago(minutes=40), NOW, State.DOWN, Reason.REFUSED)]
    running = (Window(ago(minutes=42), NOW + timedelta(minutes=48)),)
    found["Webhooks"] = history("Webhooks", 60, down, first=ago(days=31), windows=running)
    return list(found.values())


def everything(written=None, moment=NOW):
    return overview_of(histories(), moment, SETTINGS.stale_after, written or notes(), GROUPS)


def silent():
    """Nobody has written for long."""
    long_ago = incident((timedelta(hours=9), Stage.INVESTIGATING, "We look into it."))
    return everything(Notes((long_ago,)))


def hostile(text):
    """Somebody publishes markup."""
    published = incident((timedelta(minutes=5), Stage.IDENTIFIED, text), title=text)
    window = maintenance(ago(minutes=5), NOW + timedelta(minutes=5), title=text)
    return everything(Notes((published,), (replace(window, text=text),)))
