"""The home page of `make up` as a browser shows it, served by the process of the inboxes."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from demo.home.content import Backup, Content, Source
from demo.home.page import HEADERS, page
from demo.inboxes.inbox import Arrival
from lambdas.shared.alarms import Alarm
from lambdas.vocabulary.backups import Acceptance, Check, Result, Verdict
from lambdas.vocabulary.levels import Level
from tests.backups import Backups
from tests.browser import assert_accessible
from tests.programs import CHROMIUM, needs

HOSTILE = "</title><script>window.hacked=1</script>'\"><img src=x onerror=window.hacked=1>"
AT = datetime(2026, 11, 27, 2, tzinfo=UTC)
SOURCE = Source("http://127.0.0.1:1", "local", "junkos", "bucket", "http://status.localhost/")
BACKUPS = Backups("junkos", AT)

needs_chromium = needs(CHROMIUM, "chromium")


def verified(verdict, detail="28 tables"):
    return replace(BACKUPS.verification(""), verdict=verdict, checks=(Check("tables equal", Result.PASSED, detail),))


def content(text="api is down"):
    alarm = Alarm(
        name="junkos-local-api-down",
        state="ALARM",
        since=AT,
        level=Level.CRITICAL,
        runbook="docs/runbooks/service-down.md",
        page="service-down",
        meaning=text,
        delivers=True,
    )
    backups = [Backup(BACKUPS.manifest, verified(verdict, text)) for verdict in Verdict]
    sent = [
        Arrival(inbox, f"{text}\nsecond line", about={"subject": text})
        for inbox in ("mail", "sms", "slack", "pagerduty")
    ]
    firing = [replace(alarm, level=level) for level in Level]
    return Content(replace(SOURCE, days_made_up=90), firing, [*backups, Backup(BACKUPS.manifest, None)], sent)


PAGES = {
    "empty": Content(SOURCE, [], [], []),
    "full": content(),
    "hostile": content(HOSTILE),
    "long": content("x" * 500),
}


@pytest.fixture
def show(browser, inboxes):
    """Opens a page with the style and the headers of the process that serves it."""
    contexts = []

    def opened(name, *, width=1280, scheme="light", **options):
        context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme, **options)
        contexts.append(context)
        shown = context.new_page()
        shown.said = []
        shown.on("console", lambda message: shown.said.append(message.text))
        body = {"status": 200, "headers": {**HEADERS, "Content-Type": "text/html"}, "body": page(PAGES[name])}
        shown.route(f"{inboxes.url}/", lambda route: route.fulfill(**body))
        shown.goto(f"{inboxes.url}/", wait_until="networkidle")
        return shown

    yield opened
    for context in contexts:
        context.close()


@needs_chromium
@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_accessible(show, name, scheme):
    assert_accessible(show(name, width=390, scheme=scheme, bypass_csp=True))


@needs_chromium
@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [390, 1280])
def test_page_fits_and_has_own_policy(show, name, width):
    """The page fits runs nothing and keeps its own policy."""
    shown = show(name, width=width)
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
    assert shown.evaluate("window.hacked") is None
    assert shown.said == []


@needs_chromium
def test_page_shows_what_happened(show):
    """What is on the page is what happened."""
    shown = show("full")
    text = shown.inner_text("main")
    for said in (
        "90 days of the status page's history are made up",
        "junkos-local-api-down",
        "proven",
        "not restored yet",
    ):
        assert said in text
    assert shown.get_attribute("nav a", "href") == SOURCE.status_page
    assert {"Text message", "E-mail", "Chat", "Page"} <= {
        it.split(":")[0] for it in shown.locator("h3").all_inner_texts()
    }


@pytest.mark.parametrize(("until", "colour", "said"), [("2999-12-31", "up", ""), ("2020-12-31", "degraded", "over")])
def test_accepted_exception_counts_as_proof(until, colour, said):
    """A proof with an exception counts as long as that is accepted."""
    accepted = (Acceptance("extension postgis", until, "by hand"),)
    proof = replace(verified(Verdict.PROVEN_BUT_FOR), accepted=accepted)
    shown = page(Content(SOURCE, [], [Backup(BACKUPS.manifest, proof)], [])).decode()
    state = re.search(r'class="state (\w+)">([^<]*)<', shown)
    assert state[1] == colour
    assert state[2].startswith("proven but for extension postgis")
    assert state[2].endswith(said)


def test_page_before_start_says_so(inboxes):
    """Before the account is up the page says so."""
    with pytest.raises(HTTPError) as refused:
        urlopen(f"{inboxes.url}/", timeout=10)  # noqa: S310 - our own child
    assert refused.value.code == 503
    assert "is not up yet" in refused.value.read().decode()


def test_missing_account_is_one_line(inboxes):
    """An account that is gone is one clear line."""
    inboxes.show(SOURCE)
    with pytest.raises(HTTPError) as refused:
        urlopen(f"{inboxes.url}/", timeout=10)  # noqa: S310 - our own child
    assert refused.value.code == 503
    assert refused.value.read().decode().startswith("the account cannot be read: ")
