"""What an operator sees of incidents, and that a view of what is not there is none."""

from dataclasses import replace

import pytest

from lambdas.operator_view.incident_sources import IncidentSources
from lambdas.operator_view.render import show
from lambdas.operator_view.sources import Sources
from lambdas.operator_view.surface import Local, Widget
from lambdas.operator_view.view import Page
from lambdas.operator_view.views import default_of, views_of
from lambdas.operator_view.widget import documentation
from lambdas.vocabulary.incidents import Evidence, State
from tests.unit.lambdas.operator_view.story import sources as error_sources
from tests.unit.lambdas.operator_view.test_escaping import HOSTILE
from tests.unit.lambdas.operator_view.test_views import Calls
from tests.unit.lambdas.shared.incidents.story import GATHERED, INCIDENT, NOW, OLD, OPEN, ROTA, Table, at

REVIEWS = "https://eu-central-1.console.aws.amazon.com/s3/object/bucket?region=eu-central-1&prefix="
PEOPLE = ("ana", "ben", "cem")


def sources(table=None, **parts):
    return Sources(
        incidents=IncidentSources(table or Table(), ROTA, PEOPLE, REVIEWS, lambda: NOW), clock=lambda: NOW, **parts
    )


def shown(asked, found=None):
    return show(asked, found or sources(), Page(Local("token"), NOW))


def payloads(asked, found=None):
    """What buttons and links of a widget call, by their labels."""
    html = show(asked, found or sources(), Page(Widget("arn:view", "arn:action"), NOW))
    return {label: (call["endpoint"], payload) for label, call, payload in Calls(html).found}


def text_of(html):
    return " ".join("".join(part.partition(">")[2] + " " for part in html.split("<")).split())


def test_views_are_those_of_what_is_there():
    errors = error_sources()
    assert list(views_of(errors)) == ["issues", "issue"]
    assert list(views_of(sources())) == ["incidents", "incident"]
    assert list(views_of(sources(errors=errors.errors))) == ["incidents", "incident", "issues", "issue"]


def test_incidents_come_first_with_on_call():
    assert default_of(error_sources()).name == "issues"
    assert default_of(sources(errors=error_sources().errors)).name == "incidents"
    assert "view: incidents" in documentation(sources())
    assert "`issues`" not in documentation(sources())


@pytest.mark.parametrize(("found", "view"), [(error_sources(), "incidents"), (sources(), "issues")])
def test_view_of_what_is_missing_is_refused(found, view):
    assert "Nothing is shown: view must be one of" in shown({"view": view}, found)


def test_lists_lead_to_each_other():
    both = sources(errors=error_sources().errors)
    assert payloads({}, both)["Issues"] == ("arn:view", {"view": "issues"})
    assert payloads({"view": "issues"}, both)["Incidents"] == ("arn:view", {"view": "incidents"})
    assert 'aria-label="Lists"' not in shown({})


def test_list_says_who_is_on_call():
    """It is the fourth week of the rota: the first one again, until Monday by Berlin's clock."""
    text = text_of(shown({}))
    assert "On call ana Backup ben Until Mon 30 Nov, 09:00 (Europe/Berlin)" in text
    assert "Then ben backup cem" in text


def test_open_incidents_come_first():
    text = text_of(shown({}))
    assert text.index("13: A backup failed") < text.index("12: The API is down")
    assert "no backup for 27 h" in text
    assert "No incident is open." in shown({}, sources(Table(INCIDENT)))


def test_figures_and_untaken_are_shown():
    text = text_of(shown({}))
    assert "2026-11 2 7 min 7 min 47 min 47 min 0 0" in text
    assert "2026-10 1 - - 4 min 4 min 1 0" in text
    assert "recovered before anybody took it" in text


def test_nobody_answers_without_a_name():
    found = payloads({"view": "incident", "incident": 13})
    assert "Take it" not in found
    assert found["ben"] == ("arn:view", {"view": "incident", "incident": 13, "by": "ben"})


def test_buttons_answer_by_name():
    found = payloads({"view": "incident", "incident": 13, "by": "ben"})
    assert found["Take it"] == ("arn:action", {"action": "take", "incident": 13, "by": "ben"})
    assert found["For 2 h"][1] == {"action": "snooze", "incident": 13, "by": "ben", "minutes": 120}
    assert found["Until morning"][1]["minutes"] == 0
    assert found["I cannot"][1]["action"] == "cannot"


def test_only_what_has_no_end_is_resolved():
    """An alarm that fires is not resolved by hand."""
    assert "Resolve" not in payloads({"view": "incident", "incident": 13, "by": "ben"})
    finding = replace(OPEN, subjects=(replace(OPEN.subjects[0], has_end=False),))
    found = payloads({"view": "incident", "incident": 13, "by": "ben"}, sources(Table(finding)))
    assert found["Resolve"][1]["action"] == "resolve"


def test_whoever_has_it_confirms():
    taken = replace(OPEN, state=State.ACKNOWLEDGED, taken_by="ben", taken_at=at(310))
    html = shown({"view": "incident", "incident": 13, "by": "ben"}, sources(Table(taken)))
    assert "I am still on it" in html
    assert "ben has it, for 37 min" in html


def test_closed_incident_has_no_buttons():
    found = payloads({"view": "incident", "incident": 11, "by": "ben"})
    assert set(found) == {"← Incidents"}


def test_suspect_stands_first_in_view():
    turned = Table()
    turned.evidence = lambda number: replace(GATHERED, evidence=tuple(reversed(GATHERED.evidence)))
    text = text_of(shown({"view": "incident", "incident": 12}, sources(turned)))
    assert text.index("suspect shop-api@1.5.0") < text.index("82 of 100 connections")
    assert "Not known: it did not answer within 5 s" in text


def test_incident_has_timeline_and_actions():
    text = text_of(shown({"view": "incident", "incident": 12}))
    assert "24 Nov 02:20:12 ben took it (by Slack)" in text
    assert "Limit the pool to 20 connections ben, due 2026-12-04, SHOP-812" in text


def test_closed_incident_leads_to_its_review():
    assert f"{REVIEWS.replace('&', '&amp;')}reviews/11/review.html" in shown({"view": "incident", "incident": 11})
    assert "reviews/12" not in shown({"view": "incident", "incident": 12})
    assert "reviews/11" not in shown({"view": "incident", "incident": 11}, sources(Table(replace(OLD, is_test=True))))


@pytest.mark.parametrize(
    "asked",
    [
        {"by": "eve"},
        {"by": ["ana"]},
        {"by": "<b>"},
        {"view": "incident"},
        {"view": "incident", "incident": 0},
        {"view": "incident", "incident": "x"},
        {"view": "incident", "incident": 99},
        {"view": "incident", "incident": True},
    ],
)
def test_wrong_question_about_incidents_is_refused(asked):
    html = shown(asked)
    assert 'role="alert">Nothing is shown: ' in html
    assert "<b>" not in html


def test_hostile_incident_plants_nothing():
    def told(text):
        subject = replace(OPEN.subjects[0], title=text, measured=text, runbook=text, console=f"javascript:{text}")
        table = Table(replace(OPEN, title=text, subjects=(subject,), paged=(text,), declined=(text,), taken_by=text))
        table.evidence = lambda number: replace(
            GATHERED, evidence=(Evidence(text, (text,), suspected=True), Evidence(text, failed=text))
        )
        return sources(table)

    def tags(text):
        pages = [shown(asked, told(text)) for asked in ({}, {"view": "incident", "incident": 13, "by": "ana"})]
        return [sorted(part.partition(">")[0].split()[0] for part in page.split("<")[1:]) for page in pages]

    assert tags(HOSTILE) == tags("word")
