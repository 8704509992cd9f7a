"""Incidents as a browser shows them, by the console, and answers that are given there."""

import threading

import pytest

from lambdas.operator_view.incident_sources import IncidentSources
from lambdas.operator_view.sources import Sources
from lambdas.shared.documents.html import page as review_page
from lambdas.shared.incidents.review.compose import Known, compose
from lambdas.vocabulary.incidents import Answer, Reply, Way
from ops.console.answer import Console
from ops.console.serve import Server
from tests.browser import assert_accessible
from tests.programs import CHROMIUM, needs
from tests.unit.lambdas.operator_view.story import sources as error_sources
from tests.unit.lambdas.shared.incidents.story import GATHERED, INCIDENT, NOW, ROTA, TIMELINE, TIMEZONE, Table

pytestmark = needs(CHROMIUM, "chromium")

VIEWS = {
    "list": "/",
    "answering": "/?by=ben",
    "over": "/?view=incident&incident=12",
    "open": "/?view=incident&incident=13&by=ben",
}


class Place:
    """A console of errors and incidents; what is answered is kept here."""

    def __init__(self):
        incidents = IncidentSources(Table(), ROTA, ROTA.people, "https://console.example/?prefix=", lambda: NOW)
        self.sources = Sources(error_sources().errors, incidents, lambda: NOW)
        self.replies = []

    def take(self, reply):
        self.replies.append(reply)
        return {"outcome": "done", "text": "you have it"}


@pytest.fixture
def place():
    return Place()


@pytest.fixture
def show(browser, place):
    contexts = []
    with Server(0, lambda port: Console(place.sources, "prod", "anna", port, place.take)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()

        def opened(path="/", *, width=1280, scheme="light"):
            context = browser.new_context(
                viewport={"width": width, "height": 844}, color_scheme=scheme, bypass_csp=True
            )
            contexts.append(context)
            page = context.new_page()
            page.goto(server.console.address)
            page.goto(f"http://127.0.0.1:{server.console.port}{path}", wait_until="networkidle")
            return page

        yield opened
        for context in contexts:
            context.close()
        server.shutdown()
        thread.join()


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_incident_views_are_accessible(show, scheme):
    for path in VIEWS.values():
        for width in (390, 1280):
            assert_accessible(show(path, width=width, scheme=scheme))


@pytest.mark.slow
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_incidents_fit_the_screen(show, width):
    for name, path in VIEWS.items():
        page = show(path, width=width)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name


def test_incident_is_taken_by_name(show, place):
    """From the list: who one is, the incident, and that one has it."""
    page = show()
    page.get_by_role("link", name="ben", exact=True).click()
    page.get_by_role("link", name="13: A backup failed").click()
    page.get_by_role("button", name="Take it").click()
    assert page.get_by_role("status").inner_text() == "You have it."
    assert place.replies == [Reply(13, Answer.TAKE, Way.VIEW, NOW, "ben")]


def test_incident_is_put_off_until_morning(show, place):
    page = show(VIEWS["answering"])
    page.locator("summary", has_text="Snooze").first.click()
    page.get_by_role("button", name="Until morning").first.click()
    page.get_by_role("status").wait_for()
    assert place.replies == [Reply(13, Answer.SNOOZE, Way.VIEW, NOW, "ben")]


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_review_is_accessible_and_fits(browser, tmp_path, scheme):
    file = tmp_path / "review.html"
    file.write_bytes(review_page(compose(Known(INCIDENT, TIMELINE, NOW, GATHERED, timezone=TIMEZONE))))
    for width in (320, 1280):
        page = browser.new_page(viewport={"width": width, "height": 844}, color_scheme=scheme)
        page.goto(file.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert_accessible(page)
        page.close()
