"""However often a service comes and goes in ninety days, what is published stays small, and says how often it was."""

import json

import pytest

from lambdas.status_page import words
from lambdas.status_page.files import FEED, LIVE, PAGE, STATUS
from lambdas.status_page.publish_page import files_of
from lambdas.vocabulary.endpoints import State
from tests.integration.status_page.story import SETTINGS, coming_and_going, overview

PATTERNS = {
    "every second check": (1, 1),
    "ten minutes of twenty": (2, 2),
    "ten minutes of thirty": (2, 4),
    "ten minutes of an hour and a quarter": (2, 13),
    "every third check, which is no alarm": (1, 2),
}


@pytest.fixture(scope="module")
def histories():
    return {name: coming_and_going(name, *pattern) for name, pattern in PATTERNS.items()}


@pytest.mark.parametrize("name", PATTERNS)
def test_ninety_flapping_days_are_small(histories, name):
    """Ninety days of coming and going are small."""
    sizes = {file.name: len(file.content) for file in files_of(overview([histories[name]]), SETTINGS)}
    assert max(sizes[PAGE], sizes[LIVE]) < 80_000
    assert sizes[STATUS] < 50_000
    assert sizes[FEED] < 40_000


def test_many_flapping_services_stay_cheap(histories):
    """Many services that come and go cost little more each."""
    files = {file.name: file.content for file in files_of(overview([*histories.values()] * 4), SETTINGS)}
    assert len(files[PAGE]) < 60_000 + 20 * 25_000
    assert len(files[FEED]) < 40_000
    status = json.loads(files[STATUS])
    assert len(status["incidents"]) == 50
    assert status["incidents_not_listed"] > 1000


def test_flapping_hours_are_one_line(histories):
    """Hours of coming and going are one line a day with a count."""
    found = overview([histories["ten minutes of thirty"]])
    assert [each.times for each in found.incidents[1:4]] == [48, 48, 48]
    assert words.incident_title(found.incidents[1]).endswith("was down 48 times")
    assert words.incident_down(found.incidents[1].incident).replace("\N{NO-BREAK SPACE}", " ") == "down for 8 h of it"
    assert len({each.key for each in found.incidents}) == len(found.incidents)


def test_ongoing_incidents_come_first(histories):
    """What lasts is listed before all that is over."""
    found = overview([histories["ten minutes of thirty"], histories["every second check"]])
    assert [each.service for each in found.lasting_incidents] == ["every second check"]
    assert found.incidents[0].incident.end is None


@pytest.mark.parametrize(
    ("name", "uptime"), [("every second check", 0.5), ("ten minutes of thirty", 2 / 3), ("ten minutes of twenty", 0.5)]
)
def test_percentage_is_what_users_met(histories, name, uptime):
    (service,) = overview([histories[name]]).services
    assert service.uptime == pytest.approx(uptime, abs=0.001)


def test_days_of_single_failures_are_bad(histories):
    """Days of single failures are not shown as good."""
    (service,) = overview([histories["every third check, which is no alarm"]]).services
    assert {day.state for day in service.days} == {State.DEGRADED}
    assert words.troubles(service.days[40]) == "96 of 288 checks failed"
