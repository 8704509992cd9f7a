"""The page of an incident as a telephone shows it, answered by pressing its buttons."""

import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import pytest
from moto import mock_aws

from lambdas.incident_answer.respond import respond
from lambdas.vocabulary.incidents import Answer, State, Way
from tests.browser import assert_accessible
from tests.programs import CHROMIUM, needs
from tests.unit.lambdas.incident_answer.situation import NOW, Account, Situation, ago, event, incident, taken

pytestmark = needs(CHROMIUM, "chromium")

PHONE = 390
HOSTILE = "</title><script>window.hacked=1</script>'\"><img src=x onerror=window.hacked=1>"
LONG = "W" * 300
LINKS = {
    "triggered": {"number": 12},
    "taken": {"number": 13},
    "over": {"number": 14},
    "hostile": {"number": 15},
    "long": {"number": 16},
    "shared": {"number": 12, "person": ""},
    "expired": {"number": 12, "expires_at": NOW - timedelta(hours=1)},
}


@pytest.fixture(scope="module")
def situation():
    with mock_aws():
        made = Situation(Account())
        made.put(incident(12))
        made.put(taken("ana", number=13))
        made.put(incident(14, state=State.RESOLVED, resolved_at=ago(minutes=1), taken_by="ben"))
        for number, text in ((15, HOSTILE), (16, LONG)):
            made.put(incident(number, title=text, taken_by=text, state=State.ACKNOWLEDGED))
        yield made


@pytest.fixture(scope="module")
def address(situation):
    """An HTTP API that has the function behind it."""

    class Front(BaseHTTPRequestHandler):
        def do_GET(self):
            asked = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            answer = respond(
                event(self.command, asked.path, body=body, query=dict(parse_qsl(asked.query))), situation.site
            )
            self.send_response(answer["statusCode"])
            for name, value in answer["headers"].items():
                self.send_header(name, value)
            content = answer["body"].encode()
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_POST(self):
            self.do_GET()

        def log_message(self, *arguments):
            """Nobody reads a request log of a test."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Front) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def show(browser, address, situation):
    """Opens a link as its reader does; every message of the console and every request is remembered."""
    contexts = []
    situation.deciding.replies.clear()

    def opened(link, *, width=PHONE, scheme="light", **options):
        context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme, **options)
        contexts.append(context)
        page = context.new_page()
        page.said, page.asked = [], []
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on("request", lambda request: page.asked.append((request.method, urlsplit(request.url).path)))
        page.goto(f"{address}/a/{situation.link(**LINKS[link])}", wait_until="networkidle")
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("link", LINKS)
def test_page_is_accessible(show, link, scheme):
    assert_accessible(show(link, scheme=scheme, bypass_csp=True))


@pytest.mark.parametrize("width", [320, PHONE, 1280])
@pytest.mark.parametrize("link", LINKS)
def test_nothing_sticks_out(show, link, width):
    page = show(link, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("link", [name for name in LINKS if name != "expired"])
def test_page_runs_nothing_and_asks_nobody(show, link):
    """An expired one is 410, of which browsers write a line."""
    page = show(link)
    assert page.said == []
    assert len(page.asked) == 1
    assert page.evaluate("window.hacked") is None


def test_buttons_are_in_sight(show):
    """Whoever is woken need not scroll."""
    page = show("triggered")
    assert page.get_by_role("button", name="Take it").bounding_box()["y"] < 844


def test_button_takes_it_once(show, situation):
    page = show("triggered")
    page.get_by_role("button", name="Take it").click()
    assert page.get_by_role("status").inner_text() == "You have it."
    page.reload(wait_until="networkidle")
    (reply,) = situation.deciding.replies
    assert (reply.answer, reply.by, reply.via) == (Answer.TAKE, "ana", Way.LINK)
    assert [method for method, _ in page.asked] == ["GET", "POST", "GET", "GET"]
    assert page.said == []


def test_snooze_has_its_length(show, situation):
    page = show("triggered")
    page.get_by_label("Snooze for").select_option("until morning")
    page.get_by_role("button", name="Snooze").click()
    page.get_by_role("status").wait_for()
    page.get_by_label("Snooze for").select_option("2 h")
    page.get_by_role("button", name="Snooze").click()
    page.get_by_role("status").wait_for()
    assert [(reply.answer, reply.minutes) for reply in situation.deciding.replies] == [
        (Answer.SNOOZE, 0),
        (Answer.SNOOZE, 120),
    ]


def test_shared_link_wants_a_name_first(show, situation):
    page = show("shared")
    page.get_by_role("button", name="I cannot").click()
    assert situation.deciding.replies == []
    page.get_by_label("Who are you?").select_option("ben")
    page.get_by_role("button", name="I cannot").click()
    page.get_by_role("status").wait_for()
    (reply,) = situation.deciding.replies
    assert (reply.answer, reply.by, reply.via) == (Answer.CANNOT, "ben", Way.SHARED_LINK)
