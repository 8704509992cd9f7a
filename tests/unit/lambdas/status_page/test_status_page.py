"""What the status page says, as HTML, JSON and Atom."""

import ast
import json
import re
import sys
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from lambdas.shared.endpoint_state.cause import NO_CAUSE, Cause
from lambdas.shared.endpoint_state.current import Current, never_seen
from lambdas.shared.endpoint_state.day import Day
from lambdas.shared.endpoint_state.history import History
from lambdas.shared.endpoint_state.incident import Incident
from lambdas.shared.endpoint_state.verdict import Sighting
from lambdas.status_page import headers, words
from lambdas.status_page.document import document
from lambdas.status_page.feed import feed
from lambdas.status_page.overview import overview_of
from lambdas.status_page.page import page
from lambdas.status_page.service import DAYS
from lambdas.vocabulary.endpoints import FLAPPING, Reason, State

ROOT = Path(__file__).parents[4]
NOW = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)
STALE = timedelta(minutes=15)
SEEN = NOW - timedelta(minutes=2)
ADDRESS = "https://status.example.com/"
HOSTILE = "</title><script>alert(1)</script>\"'><img src=x onerror=alert(1)>\x00\x1b&amp;"


def history(name="Public API", state=State.UP, *, seen=SEEN, cause=NO_CAUSE, incidents=(), days=()):
    recent = (Sighting(seen, state),) if seen else ()
    current = Current(name, Day(NOW.date()), state, seen, seen, recent, 120.0, cause)
    return History(current, days, incidents)


def incident(start, worst=State.DOWN, cause=NO_CAUSE, end=None, down_seconds=0.0, *, changed_at=None, times_down=0):
    return Incident(start, worst, cause, changed_at or end or start, end, down_seconds, times_down)


def overview(*histories, moment=NOW):
    return overview_of(histories, moment, STALE)


def rendered(*histories, moment=NOW, title="JunkOS"):
    return page(overview(*histories, moment=moment), title, STALE, reloads=False).decode()


def parsed(xml):
    return ET.fromstring(xml)  # noqa: S314 - the page's own


class Read(HTMLParser):
    """What a browser would see: the text, and each element's name with its attributes."""

    def __init__(self, html):
        super().__init__()
        self.text, self.elements = "", []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def text_of(html):
    return Read(html).text


@pytest.mark.parametrize(
    ("states", "said"),
    [
        ("up up", "All services are up"),
        ("up", "a is up"),
        ("up down", "b is down"),
        ("down down up", "a and b are down"),
        ("down down down up", "3 of 4 services are down"),
        ("down down down", "All services are down"),
        ("slow degraded up", "b is degraded"),
        ("degraded down", "b is down"),
        ("slow up", "a is slow"),
        ("up unknown", "No recent data of b"),
        ("down unknown", "a is down"),
        ("", "No services are shown here"),
    ],
)
def test_the_overall_state_in_words(states, said):
    found = overview(*[history(name, State(state)) for name, state in zip("abcd", states.split(), strict=False)])
    assert words.summary(found) == said


def test_old_data_is_stale():
    """Old data is called stale and not the present."""
    html = rendered(history(state=State.UP), moment=NOW + timedelta(hours=3))
    assert "Stale. The last check was 3 h 2 min before" in text_of(html).replace("\N{NO-BREAK SPACE}", " ")
    assert "<h1>No recent data</h1>" in html
    assert "23 Nov 2026, 09:10 UTC" in html
    assert ">Up<" not in html


def test_unwatched_service_has_no_uptime():
    """A service of which no time was watched yet is not said to be no data up."""
    assert "Last 90 daysno data90 days ago" in text_of(rendered(history()))


def test_fresh_data_is_not_called_stale():
    assert "Stale" not in rendered(history())


def test_stale_service_among_fresh_is_unknown():
    """One service without recent data is unknown among fresh ones."""
    found = overview(history("a"), history("b", seen=NOW - timedelta(hours=1)))
    assert [service.state for service in found.services] == [State.UP, State.UNKNOWN]
    assert not found.is_stale


def test_what_was_never_checked_is_said_so():
    html = text_of(rendered(History(never_seen("new", NOW.date()))))
    assert "Nothing has been checked yet" in html
    assert "No service has been checked yet" in html


def test_no_text_becomes_markup():
    cause, plain = Cause("", (HOSTILE,)), Cause("", ("x",))
    hostile = history(HOSTILE, State.DEGRADED, cause=cause, incidents=(incident(SEEN, State.DEGRADED, cause),))
    html = rendered(hostile, title=HOSTILE)
    harmless = rendered(
        history("name", State.DEGRADED, cause=plain, incidents=(incident(SEEN, State.DEGRADED, plain),))
    )
    read, expected = Read(html), Read(harmless)
    assert [(tag, sorted(attrs)) for tag, attrs in read.elements] == [
        (tag, sorted(attrs)) for tag, attrs in expected.elements
    ]
    assert read.text.count("<script>alert(1)</script>") >= 5
    assert parsed(feed(overview(hostile), HOSTILE, ADDRESS)).findtext("{*}title").startswith("</title><script>")
    assert json.loads(document(overview(hostile), HOSTILE))["services"][0]["name"] == HOSTILE


def test_page_has_no_script_or_style():
    """The page needs no script no inline style and nobody else."""
    day = Day(NOW.date(), seconds={State.UP: 80_000, State.DOWN: 600, State.SLOW: 5})
    html = rendered(history(days=(day,)))
    assert "<script" not in html
    assert " style=" not in html
    assert "<style" not in html
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", html)


def test_the_page_itself_does_not_reload():
    found = overview(history())
    assert b"http-equiv" not in page(found, "JunkOS", STALE, reloads=False)
    assert b'http-equiv="refresh" content="60"' in page(found, "JunkOS", STALE, reloads=True)


def test_uptime_is_rounded_down():
    """Uptime is of the checks that knew something and never rounded up."""
    day = Day(NOW.date(), checks={State.UP: 86_399, State.DOWN: 1, State.UNKNOWN: 500})
    (service,) = overview(history(days=(day,))).services
    assert service.uptime == pytest.approx(1 - 1 / 86_400)
    assert words.percent(service.uptime) == "99.99 %"
    assert words.percent(None) == "no data"
    assert words.percent(1) == "100 %"


def test_day_shows_its_worst():
    """A day is as bad as its worst and days without data are shown."""
    days = (
        Day(NOW.date() - timedelta(days=3), seconds={State.UP: 1, State.SLOW: 1}),
        Day(NOW.date() - timedelta(days=1), seconds={State.UP: 1, State.DOWN: 840, State.DEGRADED: 3900}),
    )
    (service,) = overview(history(days=days)).services
    assert len(service.days) == DAYS
    assert [day.state for day in service.days[-4:]] == [State.SLOW, State.UNKNOWN, State.DOWN, State.UNKNOWN]
    said = words.day_of_service(service.days[-2]).replace("\N{NO-BREAK SPACE}", " ")
    assert said == "22 Nov 2026: down 14 min, degraded 1 h 5 min"
    assert "1 down" in words.history(service)


@pytest.mark.parametrize(
    ("seconds", "said"), [(45, "45 s"), (840, "14 min"), (7500, "2 h 5 min"), (7200, "2 h"), (273_600, "3 d 4 h")]
)
def test_durations(seconds, said):
    assert words.duration(timedelta(seconds=seconds)).replace("\N{NO-BREAK SPACE}", " ") == said


def test_every_reason_has_words():
    """Every reason for down is said in words without addresses."""
    of_down = [reason for reason in Reason if reason.state is State.DOWN]
    assert set(words.REASONS) == set(of_down)
    assert words.reason(State.DOWN, Cause("10.1.2.3 said something new")) == "It did not answer as it should"


@pytest.mark.parametrize(
    ("state", "cause", "said"),
    [
        (State.DOWN, Cause(Reason.DNS), "Its name could not be resolved"),
        (State.DOWN, Cause(Reason.WRONG_STATUS, ("dns",)), "It answered with an error, and reports trouble with: dns"),
        (State.DEGRADED, Cause("", ("dns", "refused")), "It reports trouble with: dns, refused"),
        (State.DEGRADED, NO_CAUSE, "It reports trouble of its own"),
        (State.DEGRADED, Cause(FLAPPING), "It answered and failed by turns"),
        (State.UP, NO_CAUSE, ""),
    ],
)
def test_check_called_like_a_reason_is_none(state, cause, said):
    assert words.reason(state, cause) == said


def incidents():
    ended = incident(SEEN - timedelta(days=3), State.DOWN, Cause(Reason.REFUSED), SEEN - timedelta(days=2), 600)
    return overview(history(incidents=(ended, incident(SEEN, State.DEGRADED, Cause("", ("database",))))))


def test_the_json_keeps_its_schema():
    schema = json.loads((ROOT / "docs/schemas/status.schema.json").read_text())
    validator = Draft202012Validator(schema, format_checker=FormatChecker())
    Draft202012Validator.check_schema(schema)
    for found in (incidents(), overview(), overview(History(never_seen("new", NOW.date())))):
        validator.validate(json.loads(document(found, "JunkOS")))


def test_the_feed_is_atom():
    atom = "{http://www.w3.org/2005/Atom}"
    root = parsed(feed(incidents(), "JunkOS", ADDRESS))
    assert root.tag == f"{atom}feed"
    for parent in (root, *root.findall(f"{atom}entry")):  # RFC 4287, 4.1.1 and 4.1.2
        for name in ("id", "title", "updated"):
            assert len(parent.findall(atom + name)) == 1
        assert datetime.fromisoformat(parent.findtext(f"{atom}updated")).tzinfo
        assert parent.findtext(f"{atom}id").startswith(ADDRESS)
    ids = [entry.findtext(f"{atom}id") for entry in root.findall(f"{atom}entry")]
    assert len(set(ids)) == 2
    assert root.find(f"{atom}author/{atom}name").text == "JunkOS"
    assert {link.get("rel") for link in root.findall(f"{atom}link")} == {"self", "alternate"}
    titles = [entry.findtext(f"{atom}title") for entry in root.findall(f"{atom}entry")]
    assert titles == ["Public API is degraded", "Public API was down"]


ATOM = "{http://www.w3.org/2005/Atom}"


def entry(of, *, service="Public API"):
    """What the feed says of one incident."""
    root = parsed(feed(overview(history(service, incidents=(of,))), "JunkOS", ADDRESS))
    found = root.find(f"{ATOM}entry")
    assert root.findtext(f"{ATOM}updated") == found.findtext(f"{ATOM}updated")
    return {name: found.findtext(ATOM + name) for name in ("id", "title", "updated", "content")}


def test_entry_update_moves_with_content():
    """Entry's update moves with all that it says."""
    start = SEEN - timedelta(hours=3)
    degraded = incident(start, State.DEGRADED, Cause("", ("queue",)), changed_at=start + timedelta(minutes=5))
    wider = degraded.including(State.DEGRADED, Cause("", ("disk",)), start + timedelta(minutes=20))
    down = wider.worsened(State.DOWN, Cause(Reason.REFUSED), start + timedelta(minutes=40))
    over = down.ended(start + timedelta(hours=1), start + timedelta(hours=1))
    entries = [entry(each) for each in (degraded, wider, down, over)]
    assert len({each["id"] for each in entries}) == 1
    assert len({each["content"] for each in entries}) == 4
    updates = [each["updated"] for each in entries]
    assert updates == sorted(set(updates))


def test_ongoing_entry_stays_unchanged():
    """Entry of what lasts says nothing that goes on with each check."""
    lasting = incident(SEEN - timedelta(hours=3), State.DEGRADED, Cause(FLAPPING), times_down=7, down_seconds=600)
    assert entry(lasting) == entry(lasting.going_on(timedelta(minutes=5), 1))


def test_similar_names_have_own_keys():
    """Names that differ in a blank only have keys of their own."""
    at_once = overview(*[history(name, incidents=(incident(SEEN),)) for name in ("a b", "a_b", "a-b", "a.b")])
    assert len({each.key for each in at_once.incidents}) == 4
    assert not any(" " in each.key for each in at_once.incidents)  # HTML allows none in an id


def outage(minute, lasts=5, **more):
    """An outage of today that begins so many minutes after midnight."""
    start = NOW.replace(hour=0, minute=0) + timedelta(minutes=minute)
    return incident(start, end=start + timedelta(minutes=lasts), down_seconds=60.0 * lasts, **more)


def merged(*incidents):
    return [
        (each.times, words.incident_down(each.incident)) for each in overview(history(incidents=incidents)).incidents
    ]


def test_near_incidents_are_merged():
    """Incidents that follow within an hour are one with a count."""
    (one,) = overview(history(incidents=(outage(0), outage(60), outage(125)))).incidents
    assert words.incident_title(one) == "Public API was down 3 times"
    assert one.incident.end == NOW.replace(hour=2, minute=10)
    assert words.incident_down(one.incident).replace("\N{NO-BREAK SPACE}", " ") == "down for 15 min of it"
    assert one.incident.changed_at == one.incident.end


def test_distant_incidents_are_separate():
    """Incidents apart or of two days are two."""
    yesterday = outage(-10)
    assert merged(outage(0), outage(66)) == [(1, ""), (1, "")]
    assert merged(yesterday, outage(10)) == [(1, ""), (1, "")]


def test_merged_incident_has_worst_cause():
    """What is folded has the cause of its worst."""
    refused = outage(0, worst=State.DOWN, cause=Cause(Reason.REFUSED))
    queue = outage(20, worst=State.DEGRADED, cause=Cause("", ("queue",)))
    disk = outage(40, worst=State.DEGRADED, cause=Cause("", ("disk",)))
    both = [overview(history(incidents=each)).incidents[0].incident for each in ((queue, refused, disk), (queue, disk))]
    assert [(each.worst, each.cause) for each in both] == [
        (State.DOWN, Cause(Reason.REFUSED)),
        (State.DEGRADED, Cause("", ("queue", "disk"))),
    ]


def test_ongoing_incident_continues_earlier():
    """What lasts goes on with what was before it."""
    lasting = incident(outage(30).start, State.DOWN, Cause(Reason.REFUSED))
    html = text_of(rendered(history(state=State.DOWN, incidents=(outage(0), lasting))))
    assert "Public API is down" in html
    assert "2 times" in html


def test_more_incidents_than_are_listed_are_counted():
    days = [outage(-1440 * day) for day in range(85, 0, -1)] + [outage(-1440 * day + 300) for day in range(85, 0, -1)]
    many = history(incidents=tuple(sorted(days, key=lambda each: each.start)))
    assert "120 older incidents are not listed: the bars above show their days." in text_of(rendered(many))


@pytest.mark.parametrize(
    ("times", "worst", "cause", "title"),
    [
        (1, State.DOWN, NO_CAUSE, "Public API was down"),
        (37, State.DOWN, NO_CAUSE, "Public API was down 37 times"),
        (37, State.DEGRADED, Cause(FLAPPING), "Public API failed 37 times"),
        (2, State.DEGRADED, NO_CAUSE, "Public API was degraded 2 times"),
    ],
)
def test_title_counts(times, worst, cause, title):
    over = incident(SEEN - timedelta(hours=3), worst, cause, SEEN, times_down=times)
    assert words.incident_title(overview(history(incidents=(over,))).incidents[0]) == title


@pytest.mark.parametrize(
    ("checks", "said"),
    [
        ({}, "Days of the last 90: 90 no data."),
        ({State.UP: 1}, "Days of the last 90: 1 up, 89 no data. 100 % of the checks found it up."),
    ],
)
def test_history_in_words_for_a_screen_reader(checks, said):
    day = Day(NOW.date(), checks, {State.UP: 300.0} if checks else {})
    (service,) = overview(history(days=(day,))).services
    assert words.history(service) == said


def test_empty_feed_stays_unchanged():
    """A feed without incidents does not change with every run."""
    later = overview(history(), moment=NOW + timedelta(minutes=5))
    assert feed(overview(history()), "JunkOS", ADDRESS) == feed(later, "JunkOS", ADDRESS)


def test_headers_use_standard_library_only():
    """The headers need nothing but the standard library."""
    imported = [
        name.name if isinstance(node, ast.Import) else node.module
        for node in ast.walk(ast.parse(Path(headers.__file__).read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    ]
    assert all(module.partition(".")[0] in sys.stdlib_module_names for module in imported)
    assert "unsafe" not in headers.CONTENT_SECURITY_POLICY
