"""What people publish and announce, as HTML, JSON and Atom, and what it makes of the services' states."""

import json
from datetime import datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from lambdas.shared.endpoint_state.day import Day
from lambdas.shared.endpoint_state.incident import Incident
from lambdas.shared.status_notes.notes import Impact, Maintenance, Notes, PublishedIncident, Stage, Update
from lambdas.status_page import words
from lambdas.status_page.badge import badge, badge_name
from lambdas.status_page.charts import bars
from lambdas.status_page.document import document
from lambdas.status_page.feed import feed
from lambdas.status_page.icon import icon_file
from lambdas.status_page.overview import overview_of
from lambdas.status_page.page import page
from lambdas.vocabulary.endpoints import State
from tests.unit.lambdas.status_page.test_status_page import (
    ADDRESS,
    ATOM,
    HOSTILE,
    NOW,
    ROOT,
    SEEN,
    STALE,
    Read,
    history,
    text_of,
)

HOUR = timedelta(hours=1)


def incident(*stages, services=("api",), impact=Impact.DOWN, text="We look into it.", title="Outage", ago=HOUR):
    updates = tuple(
        Update(NOW - ago + number * timedelta(minutes=1), Stage(stage), text, "anna")
        for number, stage in enumerate(stages)
    )
    return PublishedIncident("a1b2c3d4", title, services, impact, updates)


def maintenance(start, until, *, services=("api",), **more):
    wish = {"title": "Move", "text": "A new database.", "announced_at": NOW - 20 * HOUR} | more
    return Maintenance(id="0f0f0f0f", services=services, start=start, until=until, by="anna", **wish)


RUNNING = maintenance(NOW - HOUR, NOW + HOUR)


def overview(*histories, incidents=(), windows=(), moment=NOW, groups=None):
    return overview_of(histories or [history("api")], moment, STALE, Notes(incidents, windows), groups or {})


def html_of(found):
    return page(found, "JunkOS", STALE, reloads=False).decode()


def text(found):
    return text_of(html_of(found)).replace("\N{NO-BREAK SPACE}", " ")


def entries(found):
    root = ET.fromstring(feed(found, "JunkOS", ADDRESS))  # noqa: S314 - the page's own
    names = ("id", "title", "updated", "content")
    return [{name: each.findtext(ATOM + name) for name in names} for each in root.findall(f"{ATOM}entry")]


def test_updates_are_newest_first():
    found = overview(incidents=(incident("investigating", "identified", "monitoring"),))
    said = text(found)
    assert said.index("Monitoring") < said.index("Identified") < said.index("Investigating")
    (published,) = json.loads(document(found, "JunkOS"))["published"]
    assert [each["state"] for each in published["updates"]] == ["monitoring", "identified", "investigating"]
    assert published["state"] == "monitoring"


def test_impact_is_the_services_state():
    """Published down is down, whatever the checks say; resolved is over."""
    found = overview(incidents=(incident("investigating"),))
    assert (found.state, words.summary(found)) == (State.DOWN, "api is down")
    assert "The checks say: up." in text(found)
    assert overview(incidents=(incident("investigating", "resolved"),)).state is State.UP


def test_checks_may_say_worse():
    found = overview(history("api", State.DOWN), incidents=(incident("monitoring", impact=Impact.DEGRADED),))
    assert found.state is State.DOWN
    assert "The checks say" not in text(found)


def test_worst_of_several_published_counts():
    mild, bad = incident("identified", impact=Impact.DEGRADED), incident("identified", impact=Impact.DOWN)
    assert overview(incidents=(mild, bad)).state is State.DOWN


def test_other_services_stay_up():
    found = overview(history("api"), history("shop"), incidents=(incident("investigating"),))
    assert [service.state for service in found.services] == [State.DOWN, State.UP]


def test_silent_incident_says_so():
    """A published incident that nobody updates for long; not one that is resolved."""
    assert "No update has been written" not in text(overview(incidents=(incident("investigating", ago=5 * HOUR),)))
    found = overview(incidents=(incident("investigating", ago=9 * HOUR),))
    assert "No update has been written for 9 h." in text(found)
    resolved = incident("investigating", "resolved", ago=9 * HOUR)
    assert "No update has been written" not in text(overview(incidents=(resolved,)))


def test_update_is_a_new_entry():
    """Its id lasts, the older entries stay as they are, and the feed is updated."""
    before = entries(overview(incidents=(incident("investigating"),)))
    found = overview(incidents=(incident("investigating", "identified"),))
    after = entries(found)
    assert after[1:] == before
    assert after[0]["title"] == "Identified: Outage"
    assert after[0]["id"] == f"{ADDRESS}#note-a1b2c3d4-2"
    root = ET.fromstring(feed(found, "JunkOS", ADDRESS))  # noqa: S314 - the page's own
    assert root.findtext(f"{ATOM}updated") == after[0]["updated"] > before[0]["updated"]


def test_feed_does_not_change_with_time():
    """Neither what lasts nor maintenance that begins makes a new feed."""
    notes = {"incidents": (incident("investigating"),), "windows": (maintenance(NOW + HOUR, NOW + 2 * HOUR),)}
    now, later = overview(**notes), overview(**notes, moment=NOW + 12 * HOUR)
    assert feed(now, "JunkOS", ADDRESS) == feed(later, "JunkOS", ADDRESS)


def test_links_of_entries_lead_to_the_page():
    changed = maintenance(NOW - HOUR, NOW + HOUR, ended_at=NOW - timedelta(minutes=5))
    found = overview(incidents=(incident("investigating", "monitoring"),), windows=(changed,))
    anchors = {attributes.get("id") for _, attributes in Read(html_of(found)).elements}
    assert {each["id"].partition("#")[2] for each in entries(found)} <= anchors
    assert len(entries(found)) == 4


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({"start": NOW - HOUR, "until": NOW + HOUR, "ended_at": NOW}, "Maintenance ended: Move"),
        ({"start": NOW + HOUR, "until": NOW + 2 * HOUR, "cancelled_at": NOW}, "Maintenance cancelled: Move"),
    ],
)
def test_changed_maintenance_is_an_entry(changes, title):
    newest, announced = entries(overview(windows=(maintenance(**changes),)))
    assert (newest["title"], announced["title"]) == (title, "Maintenance: Move")


def test_down_in_maintenance_is_no_alarm():
    """A service that is down as announced does not make the page red."""
    found = overview(history("api", State.DOWN), history("shop"), windows=(RUNNING,))
    assert found.state is State.UP
    assert words.summary(found) == "shop is up, announced maintenance of api"
    assert "In maintenance" in text(found)
    assert overview(history("api"), history("shop", State.DOWN), windows=(RUNNING,)).state is State.DOWN


def test_all_in_maintenance_is_said():
    found = overview(history("api", State.DOWN), windows=(RUNNING,))
    assert (found.state, words.summary(found)) == (State.UNKNOWN, "Announced maintenance of api")
    assert 'class="headline maintenance"' in html_of(found)


def test_service_that_is_up_stays_up():
    found = overview(windows=(RUNNING,))
    assert words.summary(found) == "api is up"
    assert "Announced maintenance: Move, until 23 Nov 2026, 10:12 UTC" in text(found)


@pytest.mark.parametrize(
    ("start", "until", "more", "section", "said"),
    [
        (NOW + HOUR, NOW + 2 * HOUR, {}, "maintenance", "Planned"),
        (NOW - HOUR, NOW + HOUR, {}, "maintenance", "In progress"),
        (NOW - 2 * HOUR, NOW - HOUR, {}, "past", "Over"),
        (NOW - 2 * HOUR, NOW + HOUR, {"ended_at": NOW - HOUR}, "past", "Ended early"),
        (NOW + HOUR, NOW + 2 * HOUR, {"cancelled_at": NOW}, "past", "Cancelled"),
    ],
)
def test_maintenance_stands_where_it_belongs(start, until, more, section, said):
    html = html_of(overview(windows=(maintenance(start, until, **more),)))
    part = html.partition(f'aria-labelledby="{section}"')[2].partition("</section>")[0]
    assert "note-0f0f0f0f" in part
    assert said in part


def test_incident_in_maintenance_is_marked():
    began = Incident(NOW - HOUR / 2, State.DOWN, history().current.cause, SEEN)
    before = Incident(NOW - 3 * HOUR, State.DOWN, history().current.cause, SEEN, NOW - 2 * HOUR)
    found = overview(history("api", State.DOWN, incidents=(before, began)), windows=(RUNNING,))
    assert text(found).count("It began in announced maintenance") == 1


def maintained(**more):
    return Day(NOW.date() - timedelta(days=2), maintenance_seconds=2400.0, **more)


def test_percentage_says_what_it_leaves_out():
    found = overview(history("api", days=(maintained(checks={State.UP: 280}, seconds={State.UP: 84_000.0}),)))
    said = text(found)
    assert "Without 40 min of announced maintenance." in said
    assert "Announced maintenance is left out of it" in said
    assert "Days with trouble or maintenance (1)" in said
    assert "Without" not in text(overview())


def test_day_of_maintenance_alone_is_not_unwatched():
    (service,) = overview(history("api", days=(maintained(),))).services
    assert words.day_of_service(service.days[-3]).endswith("announced maintenance 40\N{NO-BREAK SPACE}min")
    assert 'class="maintenance"' in ET.tostring(bars(service), encoding="unicode")
    assert service.days[-3].uptime is None


def test_uptime_of_each_period():
    """One day of a hundred checks, of which one failed, at different ages; 24 hours count by the slot."""
    shares = []
    for age in (2, 10, 40):
        day = Day(NOW.date() - timedelta(days=age), checks={State.UP: 99, State.DOWN: 1})
        today = Day(NOW.date(), {State.UP: 100}, slots=(1 << 100) - 1, slot_seconds=300)
        (service,) = overview(history("api", days=(day, today))).services
        shares.append((service.uptime_24h, *(service.uptime_of(days) for days in (7, 30, 90))))
    failed = 1 - 1 / 200
    assert shares == [(1, failed, failed, failed), (1, 1, failed, failed), (1, 1, 1, failed)]


def test_24_hours_reach_into_yesterday():
    """A failure 23 hours ago counts, and one 25 hours ago does not."""
    slots = (1 << 288) - 1
    for hour, failed in ((9, 1), (7, 0)):
        bit = 1 << (hour * 12 + 6)
        yesterday = Day(NOW.date() - timedelta(days=1), slots=slots, failed_slots=bit, slot_seconds=300)
        today = Day(NOW.date(), slots=(1 << 111) - 1, slot_seconds=300)
        (service,) = overview(history("api", days=(yesterday, today))).services
        assert service.uptime_24h == 1 - failed / (288 - 111 + 111)


def test_notes_of_hidden_services_are_hidden():
    """A service that is public no longer is named nowhere."""
    found = overview(incidents=(incident("investigating", services=("internal", "api")),))
    assert "internal" not in html_of(found)
    assert overview(incidents=(incident("investigating", services=("internal",)),)).published == ()


def test_old_notes_leave_the_page():
    old, open_one = incident("resolved", ago=91 * 24 * HOUR), incident("monitoring", ago=91 * 24 * HOUR)
    window = maintenance(NOW - 91 * 24 * HOUR, NOW - 91 * 24 * HOUR + HOUR)
    found = overview(incidents=(old, open_one), windows=(window,))
    assert (found.published, found.maintenance) == ((open_one,), ())


def test_groups_are_headings():
    histories = [history(name) for name in ("a", "b", "c", "d")]
    found = overview(*histories, groups={"a": "Shop", "c": "Shop", "d": "Office"})
    assert [(name, [each.name for each in members]) for name, members in found.groups] == [
        ("", ["b"]),
        ("Shop", ["a", "c"]),
        ("Office", ["d"]),
    ]
    headings = [tag for tag, _ in Read(html_of(found)).elements if tag in ("h3", "h4")]
    assert headings == ["h3", "h3", "h4", "h4", "h3", "h4"]


def test_nobody_is_named():
    """Who wrote a note is no public matter."""
    found = overview(incidents=(incident("investigating", "resolved"),), windows=(RUNNING,))
    for published in (html_of(found), document(found, "JunkOS").decode(), feed(found, "JunkOS", ADDRESS).decode()):
        assert "anna" not in published


def test_no_text_becomes_markup():
    hostile = {
        "incidents": (incident("investigating", title=HOSTILE, text=HOSTILE),),
        "windows": (maintenance(NOW - HOUR, NOW + HOUR, title=HOSTILE, text=HOSTILE),),
    }
    plain = {"incidents": (incident("investigating"),), "windows": (RUNNING,)}
    read, expected = Read(html_of(overview(**hostile))), Read(html_of(overview(**plain)))
    assert [tag for tag, _ in read.elements] == [tag for tag, _ in expected.elements]
    assert read.text.count("<script>alert(1)</script>") >= 4
    titles = {each["title"] for each in entries(overview(**hostile))}
    assert all("<script>" in title for title in titles)


def test_notes_keep_the_schema():
    schema = json.loads((ROOT / "docs/schemas/status.schema.json").read_text())
    validator = Draft202012Validator(schema, format_checker=FormatChecker())
    over = maintenance(NOW - 3 * HOUR, NOW - HOUR, ended_at=NOW - 2 * HOUR)
    cancelled = maintenance(NOW + HOUR, NOW + 2 * HOUR, cancelled_at=NOW)
    found = overview(
        history("api", State.DOWN, days=(maintained(),)),
        incidents=(incident("investigating"), incident("investigating", "resolved")),
        windows=(over, cancelled, RUNNING),
        groups={"api": "Shop"},
    )
    written = json.loads(document(found, "JunkOS"))
    validator.validate(written)
    assert [each["state"] for each in written["maintenance"]] == ["in progress", "cancelled", "over"]
    assert written["services"][0]["group"] == "Shop"
    assert datetime.fromisoformat(written["published"][0]["updated"])


def badge_text(found):
    root = ET.fromstring(badge(found.services[0], found))  # noqa: S314 - the page's own
    svg = "{http://www.w3.org/2000/svg}"
    return root.findtext(f"{svg}title"), [each.text for each in root.iter(f"{svg}text")]


def test_badge_says_state_and_uptime():
    day = Day(NOW.date(), checks={State.UP: 999, State.DOWN: 1})
    title, texts = badge_text(overview(history("api", days=(day,))))
    assert texts == ["api", "up · 99.90 %"]
    assert title == "api: up, 99.90 % up in 90 days"
    assert badge_text(overview())[1] == ["api", "up"]


def test_badge_shows_what_the_page_shows():
    assert badge_text(overview(history("api", State.DOWN), windows=(RUNNING,)))[1] == ["api", "maintenance"]
    assert badge_text(overview(incidents=(incident("investigating"),)))[1] == ["api", "down"]
    assert badge_text(overview(moment=NOW + 9 * HOUR))[1] == ["api", "no recent data"]


def test_badge_does_not_change_with_time():
    now, later = overview(), overview(moment=NOW + timedelta(minutes=5))
    assert badge(now.services[0], now) == badge(later.services[0], later)


@pytest.mark.parametrize(("name", "file"), [("api", "api"), ("Web hooks", "Web-hooks"), ("../x", "..%2Fx")])
def test_badge_has_a_plain_name(name, file):
    assert badge_name(name) == f"badge/{file}.svg"


def test_icon_of_maintenance_is_neutral():
    assert icon_file(overview(history("api", State.DOWN), windows=(RUNNING,)).state) == icon_file(State.UNKNOWN)
