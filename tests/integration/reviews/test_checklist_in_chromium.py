"""The readiness page as a lead looks at it: on a telephone, on a screen, and printed."""

from dataclasses import replace

import pytest

from lambdas.checklist.page import page as page_of
from lambdas.vocabulary.checklist import Answer, Call, Difference, Importance, Line, Seen, Verdict
from tests.browser import assert_accessible
from tests.programs import CHROMIUM, needs
from tests.unit.lambdas.checklist.accounts import AT
from tests.unit.lambdas.checklist.reports import report

pytestmark = needs(CHROMIUM, "chromium")

HOSTILE = "</title><script>window.hacked=1</script>'\"><img src=x onerror=window.hacked=1>"
LONG = "W" * 300
VERDICTS = list(Verdict)


def answers() -> tuple[Answer, ...]:
    """One of each line, with every verdict among them."""
    return tuple(
        Answer(
            check=line.name.lower().replace("_", "-"),
            section=line.section,
            line=line.words,
            question=f"Is it so that {line.words}?",
            importance=Importance.BLOCKER,
            verdict=VERDICTS[number % len(VERDICTS)],
            text=(HOSTILE, LONG, "junkos-prod-database keeps automatic backups 0 days")[number % 3],
            remedy="Deploy.",
            seen=(Seen(LONG, HOSTILE),),
            calls=(Call("rds:DescribeDBInstances", AT),),
            since=AT,
        )
        for number, line in enumerate(Line)
    )


REPORT = report(*answers(), changed=(Difference("rto", Verdict.PASS, Verdict.FAIL),), compared_with=AT, notes=(LONG,))
READY = replace(REPORT, answers=tuple(replace(each, verdict=Verdict.PASS) for each in REPORT.answers))
SHOWN = {"blocked": REPORT, "ready": READY}


@pytest.fixture
def show(browser, tmp_path):
    contexts = []

    def opened(name, *, width=390, scheme="light"):
        file = tmp_path / "checklist.html"
        file.write_bytes(page_of(SHOWN[name]))
        context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.goto(file.as_uri(), wait_until="networkidle")
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", SHOWN)
def test_page_is_accessible(show, name, scheme):
    assert_accessible(show(name, scheme=scheme))


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_sticks_out(show, width):
    page = show("blocked", width=width)
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("window.hacked") is None


def test_the_verdict_and_the_first_blocker_are_in_sight(show):
    page = show("blocked")
    assert "not ready" in page.get_by_role("heading", level=1).inner_text()
    assert page.locator(".blockers li").first.bounding_box()["y"] < 844


def test_a_blocker_leads_to_its_answer(show):
    page = show("blocked")
    link = page.locator(".blockers a").first
    link.click()
    target = page.locator(":target")
    assert target.get_attribute("open") is not None
    assert target.locator(".question").inner_text() == link.inner_text()


def test_print_has_all_that_is_open_on_white(show):
    page = show("blocked", width=1280, scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.locator(".contents").is_hidden()
    assert page.locator("details.fail dd").first.is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.pdf(format="A4").startswith(b"%PDF")
