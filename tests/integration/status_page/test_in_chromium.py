"""The page as a browser shows it, served with the headers that its distribution adds."""

import threading
from datetime import timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from lambdas.status_page.files import LIVE, PAGE
from lambdas.status_page.headers import SECURITY_HEADERS
from lambdas.status_page.look import Look
from lambdas.status_page.publish_page import files_of
from lambdas.vocabulary.endpoints import Reason, State
from tests.browser import assert_accessible
from tests.integration.status_page import notes_story
from tests.integration.status_page.notes_story import LOOK
from tests.integration.status_page.story import NOW, SETTINGS, ago, coming_and_going, history, overview, story
from tests.programs import CHROMIUM, needs

HOSTILE = "</title><script>window.hacked=1</script>'\"><img src=x onerror=window.hacked=1>"
PAGES = (
    *("story", "fine", "down", "slow", "stale", "empty", "hostile", "flapping"),
    *("notes", "silent", "hostile-notes"),
)

pytestmark = needs(CHROMIUM, "chromium")


class Served(SimpleHTTPRequestHandler):
    def end_headers(self):
        for name, value in SECURITY_HEADERS.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, *arguments):
        """Nobody reads a request log of a test."""


def pages():
    everything = story()
    outage = history("Public API", 180, [(ago(hours=2), NOW, State.DOWN, Reason.WAIT_TIMEOUT)], first=ago(days=9))
    slow = history("Shop", 180, [(ago(hours=2), NOW, State.SLOW, "")], first=ago(days=2))
    hostile = history(HOSTILE, 100, [(ago(hours=2), NOW, State.DEGRADED, HOSTILE)], first=ago(days=2))
    return {
        "story": overview(everything),
        "fine": overview(everything[1:]),
        "down": overview([outage]),
        "slow": overview([slow]),
        "stale": overview(everything, NOW + timedelta(hours=5)),
        "empty": overview([]),
        "hostile": overview([hostile]),
        "flapping": overview([coming_and_going("a b", 1, 1, days=3), coming_and_going("a_b", 2, 4)]),
        "notes": notes_story.everything(),
        "silent": notes_story.silent(),
        "hostile-notes": notes_story.hostile(HOSTILE),
    }


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    root = tmp_path_factory.mktemp("status")
    for name, found in pages().items():
        (root / name).mkdir()
        for file in files_of(found, SETTINGS, LOOK if name == "notes" else Look()):
            path = root / name / file.name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(file.content)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Served, directory=root)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def show(browser, address):
    """Opens a page as readers do; every message of the console and every request is remembered."""
    contexts = []

    def opened(name, *, width=1280, scheme="light", file=PAGE, **options):
        context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme, **options)
        contexts.append(context)
        page = context.new_page()
        page.said, page.asked = [], []
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(f"{address}/{name}/{file}", wait_until="networkidle")
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_accessible(show, name, scheme):
    assert_accessible(show(name, width=390, scheme=scheme, bypass_csp=True))


@pytest.mark.parametrize("name", ["story", "stale", "empty", "hostile", "notes", "hostile-notes"])
def test_page_loads_nothing_foreign(show, address, name):
    """The page keeps its own policy and asks nobody else."""
    page = show(name)
    assert page.said == []
    assert page.evaluate("window.hacked") is None
    assert {url.rpartition("/")[0] for url in page.asked} == {f"{address}/{name}"}
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).fontSize") == "24px"


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("name", ["story", "hostile", "flapping", "notes", "hostile-notes"])
def test_nothing_is_wider_than_the_screen(show, name, width):
    page = show(name, width=width)
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_page_is_complete_without_scripts(show):
    page = show("story", java_script_enabled=False)
    assert page.title() == "Public API is degraded · JunkOS status"
    for said in ("As of 23 Nov 2026, 09:11 UTC", "Payments was down", "Its TLS certificate was not valid"):
        assert page.get_by_text(said).first.is_visible()
    page.get_by_text("Days with trouble (2)").click()
    assert page.get_by_role("cell", name="down 2 h").is_visible()


def test_charts_have_text_for_screen_readers(show):
    """A screen reader is notified what the charts show."""
    page = show("story")
    charts = page.get_by_role("img", name="Days of the last 90")
    assert charts.count() == 4
    assert "1 degraded, 1 down" in charts.first.get_attribute("aria-label")
    assert page.get_by_role("img", name="Median response time per day").count() == 4
    for landmark in ("banner", "main", "contentinfo", "navigation"):
        assert page.get_by_role(landmark).count() == 1
    assert page.get_by_role("region", name="Current incidents").count() == 1
    assert page.get_by_role("heading", level=1).count() == 1


def test_the_schemes_differ(show):
    background = "getComputedStyle(document.body).backgroundColor"
    assert show("story", scheme="dark").evaluate(background) != show("story").evaluate(background)


def test_only_the_live_variant_reloads_by_itself(show):
    assert show("story").locator("meta[http-equiv=refresh]").count() == 0
    live = show("story", file=LIVE)
    assert live.locator("meta[http-equiv=refresh]").get_attribute("content") == "60"
    live.get_by_text("Stop reloading").click()
    assert live.url.endswith(PAGE)


def test_feed_entry_links_to_incident(show):
    """An entry of the feed leads to its place."""
    page = show("story")
    key = page.locator("article.incident").first.get_attribute("id")
    page.goto(f"{page.url}#{key}")
    assert page.locator(":target h3").inner_text() == "Public API is degraded"


def test_similar_names_have_separate_anchors(show):
    """Incidents of names that differ in a blank have places of their own."""
    page = show("flapping")
    keys = page.locator("article.incident").evaluate_all("all => all.map(each => each.id)")
    assert len(set(keys)) == len(keys)
    page.goto(f"{page.url}#{keys[0]}")
    assert page.locator(":target h3").inner_text() == "a b is degraded"


def test_updates_are_read_on_a_phone(show):
    """Newest first, each with its time, and none cut."""
    page = show("notes", width=390)
    updates = page.locator("#note-a1b2c3d4 .updates li")
    assert [each.split(" ")[0] for each in updates.all_inner_texts()] == ["Monitoring", "Identified", "Investigating"]
    assert page.locator("#note-a1b2c3d4 time").evaluate_all("all => all.map(each => each.dateTime)") == [
        "2026-11-23T09:00:00Z",
        "2026-11-23T08:12:00Z",
        "2026-11-23T07:37:00Z",
    ]
    assert page.get_by_text("No payment is lost.").is_visible()
    assert page.get_by_text("Without 3 h of announced maintenance.").is_visible()


def test_logo_and_accent_are_shown(show):
    page = show("notes")
    assert page.locator("img.logo").evaluate("each => each.complete && each.naturalWidth > 0")
    colour = "getComputedStyle(document.querySelector('.brand')).color"
    assert page.evaluate(colour) == "rgb(122, 63, 176)"
    assert show("notes", scheme="dark").evaluate(colour) == "rgb(201, 164, 240)"


def test_entry_of_update_links_to_it(show):
    page = show("notes")
    page.goto(f"{page.url}#note-a1b2c3d4-2")
    assert "A queue of our payment provider is full." in page.locator(":target").inner_text()


def test_badge_is_a_picture_with_a_name(show):
    page = show("notes", file="badge/Public-API.svg")
    assert page.locator("svg").get_attribute("role") == "img"
    assert page.locator("svg").get_attribute("aria-label") == "Public API: degraded, 99.90 % up in 90 days"
    wide = page.evaluate("[...document.querySelectorAll('text')].map(each => each.getBoundingClientRect().right)")
    assert max(wide) <= page.evaluate("document.documentElement.getBoundingClientRect().right")
