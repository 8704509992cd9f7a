"""A review as a browser shows it: on a telephone and a wide screen, in both schemes, and on paper."""

import re

import pytest

from lambdas.review.gather import Result
from lambdas.review.report import HTML, Review, files_of
from lambdas.review.section import Figure, Found, Here, Section
from lambdas.review.span import span_of
from lambdas.shared.documents.document import Bars, Grid, Link, Table, Text
from lambdas.vocabulary.reviews import Period, State
from tests.browser import assert_accessible
from tests.programs import CHROMIUM, needs
from tests.unit.lambdas.review.situation import NOW, UNTIL

pytestmark = needs(CHROMIUM, "chromium")

DAYS = tuple(f"{day} Nov" for day in range(1, 31))
HOURS = tuple(f"{hour:02d}" for hour in range(24))
BLOCKS = (
    Bars("Failed requests by day", DAYS, tuple(float(day % 7) for day in range(30)), limit=4.0),
    Grid(
        "By hour",
        ("Mon", "Tue"),
        tuple(f"{hour:02d}" for hour in range(24)),
        ((1.0,) * 24, tuple(map(float, range(24)))),
    ),
    Table(tuple(f"Column {number}" for number in range(9)), (("a" * 60, *(["value"] * 8)),) * 12),
    Table(("Link",), ((Link("GHSA-1", "https://osv.dev/vulnerability/GHSA-1"),),)),
    Text("A note."),
)


@pytest.fixture(scope="module")
def page_of_review():
    figures = (Figure("share", "A share", 1.0, "1 %", "CloudWatch: a metric"),)
    results = [
        Result(Section(state.name, state.name.title(), lambda _: None), Found(state, "in one line", figures, BLOCKS))
        for state in State
    ]
    here = Here("prod", "junkos", "JunkOS")
    return files_of(Review(Period.MONTH, span_of(Period.MONTH, UNTIL), NOW, here, "the team", results))[HTML].decode()


@pytest.fixture
def show(browser, page_of_review):
    contexts = []

    def opened(width, scheme="light"):
        contexts.append(
            browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme, bypass_csp=True)
        )
        page = contexts[-1].new_page()
        page.set_content(page_of_review)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_readable_at_any_width(show, width, scheme):
    """Nothing but a wide table moves sideways, and the checker of accessibility finds nothing."""
    page = show(width, scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert_accessible(page)


def test_graphs_are_as_wide_as_the_text(show):
    page = show(390)
    assert page.locator("svg.graph").first.bounding_box()["width"] == pytest.approx(350, abs=2)
    assert page.locator("svg.graph path.over").first.evaluate("it => getComputedStyle(it).fill") == "rgb(179, 38, 30)"


def test_prints_on_a4(show):
    """No table is cut at the margin, and the page's own scheme is light."""
    page = show(680)
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    printed = page.pdf(format="A4")
    assert 3 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= 12
