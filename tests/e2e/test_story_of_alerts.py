"""What `make run` shows of an outage, of errors, of a finding and of a test alert, and who receives them."""

import pytest

from demo.console import Console
from demo.story.alerts import show_alerts_delivered
from demo.story.errors_in_log import show_errors_alerted
from demo.story.findings import show_finding_delivered, show_test_alert_delivered
from demo.story.outage import show_outage, show_status_page
from demo.story.people import People
from demo.story.prober import Prober
from emulator.alarm_clock import AlarmClock


@pytest.fixture(scope="module")
def people(stage, started):
    """With nobody but the story evaluating the alarms."""
    AlarmClock(stage.account).pause()
    return People(stage.environment.alerts, started.inboxes)


@pytest.fixture
def console():
    console = Console()
    yield console
    assert_held(console)


def assert_held(console):
    assert console.claims
    assert [text for text, holds in console.claims if not holds] == []


@pytest.fixture(scope="module")
def outage(stage, started, people):
    """What was claimed on an outage that is over."""
    console, prober = Console(), Prober(stage)
    changes = show_outage(prober, console, started.backend)
    show_alerts_delivered(prober, people, console, started.backend, changes)
    return console


def test_outage_claims_hold(outage):
    """Every claim on an outage and who is notified of it holds."""
    assert_held(outage)


@pytest.mark.usefixtures("outage")
def test_status_page_shows_the_outage(stage, console, tmp_path, monkeypatch):
    """The public sees that outage."""
    monkeypatch.chdir(tmp_path)
    show_status_page(stage, console, tmp_path)


def test_error_claims_hold(stage, started, people, console):
    """Every claim on errors that users meet holds."""
    show_errors_alerted(stage, people, console, started.backend)


def test_every_claim_on_an_intruder_holds(stage, people, console):
    show_finding_delivered(stage, people, console)


def test_every_claim_on_a_test_alert_holds(stage, people, console):
    show_test_alert_delivered(stage, console)
