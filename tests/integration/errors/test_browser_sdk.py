"""@sentry/browser, unchanged, in Chromium: a page of another host may send errors, and learns when to stop."""

import json
import subprocess

import pytest

from emulator.account import NODE
from tests.integration.errors.front import front
from tests.integration.errors.intake import ROOT, RealTime, few, sent_bodies, wait_for_room_in_the_minute
from tests.programs import CHROMIUM, needs
from tests.unit.lambdas.error_intake.sending import KEY, NUMBER

pytestmark = needs(CHROMIUM, "chromium")

ENTRY = 'export * from "@sentry/browser";'
PAGE = "<!doctype html><title>shop</title><script src='/sentry.js'></script><button onclick='pay()'>Pay</button>"
INIT = """([dsn, headers]) => {
    Sentry.init({dsn, release: "shop@1.2.3", transportOptions: {headers}});
    Sentry.setUser({email: "jane@shop.example"});
    globalThis.pay = () => { throw new Error(`no payment ${Math.random()} with password=Zq8hunter2`); };
}"""


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bundle")
    command = [
        *(str(NODE / "node"), str(ROOT / "node_modules/esbuild/bin/esbuild"), "--bundle", "--format=iife"),
        *("--global-name=Sentry", f"--outfile={folder / 'sentry.js'}", "--log-level=error"),
    ]
    subprocess.run(command, input=ENTRY, text=True, cwd=ROOT, check=True, timeout=60)
    return (folder / "sentry.js").read_text()


@pytest.fixture
def shop(bundle):
    """The page, on an origin of its own."""

    def serve(event):
        script = event["rawPath"] == "/sentry.js"
        kind = "text/javascript" if script else "text/html"
        return {"statusCode": 200, "headers": {"content-type": kind}, "body": bundle if script else PAGE}

    with front({"/": serve}) as here:
        yield here


def visit(browser, shop, here, headers, clicks=1):
    page = browser.new_page()
    page.goto(shop.url)
    page.evaluate(INIT, [here.dsn(KEY, NUMBER), headers])
    for _ in range(clicks):
        page.get_by_role("button").click()
        page.evaluate("Sentry.flush(3000)")
    page.close()


def methods(here):
    return [event["requestContext"]["http"]["method"] for event in here.received]


def test_page_sends_its_error(browser, shop):
    place = RealTime()
    with front({"/api/": place.intake.answer}) as here:
        visit(browser, shop, here, {})
    (event,) = place.events
    assert event["exception"]["values"][0]["value"].endswith("with password=***")
    assert event["request"]["url"].startswith(shop.url)
    assert "jane" not in json.dumps(place.sqs.bodies)
    assert set(here.answered) == {200}
    assert any(batch.sessions for batch in place.batches)


def test_preflight_lets_the_page_send(browser, shop):
    """A header of its own makes the browser ask before."""
    place = RealTime()
    with front({"/api/": place.intake.answer}) as here:
        visit(browser, shop, here, {"X-Sentry-Auth": f"Sentry sentry_version=7, sentry_key={KEY}"})
    assert "OPTIONS" in methods(here)
    assert len(place.events) == 1


def test_page_stops_at_a_429(browser, shop):
    """It can read until when: the header is exposed to pages of other hosts."""
    place = RealTime(few(1))
    wait_for_room_in_the_minute()
    with front({"/api/": place.intake.answer}) as here:
        visit(browser, shop, here, {}, clicks=5)
    assert len([body for body in sent_bodies(here) if "no payment" in body]) == 2
    assert len(place.events) == 1
