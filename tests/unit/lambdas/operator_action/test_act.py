"""What a button does, what it refuses, and that two people at one issue do not undo each other."""

from dataclasses import replace
from datetime import timedelta

import pytest
from moto import mock_aws

from lambdas.operator_action import act
from lambdas.operator_action.settings import Settings
from lambdas.operator_view.sources import Sources, error_sources
from lambdas.shared.error_tracking.table import ErrorTable
from lambdas.vocabulary.error_tracking import Deployment, Muted, Resolution, Resolved, State
from tests.unit.lambdas.operator_view.account import Account
from tests.unit.lambdas.operator_view.story import NEW, NOW, OLD, ago, issue, releases

ARN = "arn:aws:lambda:eu-central-1:123456789012:function:junkos-prod-operator-action"
SETTINGS = Settings(
    environment="prod",
    table="t",
    bucket="b",
    projects=("api", "monitoring"),
    view_function="junkos-prod-operator-view",
    action_function="junkos-prod-operator-action",
)
ID, OTHER, MUTED = (f"{number:016x}" for number in (1, 2, 4))
BY = act.BY


class Operator:
    """Presses buttons."""

    def __init__(self):
        self.account = Account().tell_story()
        self.errors = ErrorTable(self.account.dynamodb, self.account.table, clock=lambda: NOW)
        errors = error_sources(self.errors, self.account.s3, self.account.bucket, SETTINGS.projects)
        self.sources = Sources(errors, clock=lambda: NOW)

    def press(self, **payload):
        payload = {"project": "api", "id": ID, "revision": 3, **payload}
        return act.act({**payload, "widgetContext": {"accountId": "123456789012"}}, ARN, SETTINGS, self.sources)

    def issue(self, of=ID):
        return self.errors.issue("api", of)


@pytest.fixture
def operator():
    with mock_aws():
        yield Operator()


def test_resolve_now(operator):
    html = operator.press(action="resolve")
    assert operator.issue().resolved == Resolved(Resolution.NOW, NOW, by=BY)
    assert "Resolved: an event from now on is a regression." in html
    assert ">resolved</span>" in html
    assert operator.issue().revision == 4


def test_resolve_in_release(operator):
    html = operator.press(action="resolve", kind="in release", release="shop-api@1.5.0")
    assert operator.issue().resolved == Resolved(Resolution.IN_RELEASE, NOW, "shop-api@1.5.0", BY)
    assert "Resolved in shop-api@1.5.0." in html


def test_next_release_follows_the_deployed(operator):
    """Not the newest one that was made: a release that waits for its deployment is the next one."""
    waiting = replace(releases()[0], version="shop-api@1.5.0", created_at=NOW)
    operator.errors.put_release(replace(waiting, deployments=(Deployment("staging", NOW),)))
    operator.press(action="resolve", kind="in next release")
    assert operator.issue().resolved == Resolved(Resolution.IN_NEXT_RELEASE, NOW, NEW, BY)


def test_rolled_back_release_runs(operator):
    """After a rollback the older release is the one that runs."""
    operator.errors.add_deployment("api", OLD, Deployment("prod", ago(minutes=5)))
    operator.press(action="resolve", kind="in next release")
    assert operator.issue().resolved.release == OLD


def test_next_release_without_any(operator):
    lonely = issue(7, project="monitoring", first_release="", last_release="")
    operator.account.put_issue(lonely)
    html = operator.press(project="monitoring", id=lonely.id, action="resolve", kind="in next release")
    assert "Not done: no release of this project is known" in html
    assert operator.errors.issue("monitoring", lonely.id).state is State.OPEN


def test_mute_for_a_day(operator):
    html = operator.press(action="mute", hours=24)
    assert operator.issue().muted == Muted(NOW, NOW + timedelta(days=1), by=BY)
    assert "Muted until 28 Nov 2026, 09:11:00 UTC." in html


def test_mute_until_events(operator):
    html = operator.press(action="mute", events=100, window_minutes=60)
    assert operator.issue().muted == Muted(NOW, events=100, window_minutes=60, by=BY)
    assert "Muted until 100 more events came within 60 min." in html


def test_mute_for_ever(operator):
    html = operator.press(action="mute")
    assert operator.issue().muted == Muted(NOW, by=BY)
    assert "Muted." in html


def test_reopen(operator):
    html = operator.press(id=MUTED, action="reopen")
    assert operator.issue(MUTED).state is State.OPEN
    assert operator.issue(MUTED).muted is None
    assert "Reopened." in html


def test_merge(operator):
    html = operator.press(action="merge", others=[OTHER])
    assert operator.issue(OTHER) is None
    assert operator.issue().count == 1834 + 412
    assert "1 issue merged into this one." in html


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ({"action": "merge", "others": [ID]}, "cannot be merged into itself"),
        ({"action": "merge", "others": [OTHER, "f" * 16]}, f"there is no issue {'f' * 16} in api: nothing was merged"),
        ({"action": "reopen"}, "is open already"),
        ({"action": "resolve", "id": "f" * 16}, "there is no issue"),
        ({"action": "delete"}, "action must be one of resolve, mute, reopen, merge"),
        ({"action": None}, "action must be one of"),
        ({"action": {"a": 1}}, "action must be one of"),
        ({"action": "resolve", "project": "<b>"}, "project must be"),
        ({"action": "resolve", "project": "secret"}, "project is not one"),
        ({"action": "resolve", "id": "../1"}, "id must be"),
        ({"action": "resolve", "revision": None}, "revision must be"),
        ({"action": "resolve", "revision": -1}, "revision must be"),
        ({"action": "resolve", "revision": True}, "revision must be"),
        ({"action": "resolve", "kind": "yesterday"}, "kind must be one of"),
        ({"action": "resolve", "kind": "in release"}, "release must be a release"),
        ({"action": "resolve", "kind": "in release", "release": "a\nb"}, "release must be a release"),
        ({"action": "resolve", "kind": "in release", "release": "a" * 251}, "release must be a release"),
        ({"action": "resolve", "release": "1.0"}, "release is of"),
        ({"action": "resolve", "hours": 5}, "resolve takes kind, release besides"),
        ({"action": "reopen", "others": [OTHER]}, "reopen takes nothing besides"),
        ({"action": "mute", "hours": 10**9}, "hours must be a whole number from 0 to 2160"),
        ({"action": "mute", "hours": 1.5}, "hours must be"),
        ({"action": "mute", "hours": -1}, "hours must be"),
        ({"action": "mute", "hours": 1, "events": 1}, "not both"),
        ({"action": "mute", "window_minutes": 5}, "of some events only"),
        ({"action": "mute", "events": "9" * 400}, "events must be"),
        ({"action": "merge", "others": []}, "others must be a list of 1 to 10"),
        ({"action": "merge", "others": OTHER}, "others must be a list"),
        ({"action": "merge", "others": [OTHER] * 11}, "others must be a list"),
        ({"action": "merge", "others": [{"id": OTHER}]}, "others must be an issue's id"),
    ],
)
def test_wrong_payload_changes_nothing(operator, payload, reason):
    before = operator.issue(), operator.issue(OTHER)
    html = operator.press(**payload)
    assert f"Not done: {reason}" in html or (html.count("Not done: ") == 1 and reason in html)
    assert "<b>" not in html
    assert (operator.issue(), operator.issue(OTHER)) == before


def test_overtaken_button_changes_nothing(operator):
    """Whoever pressed later sees what the other did."""
    operator.press(action="mute", hours=24)
    html = operator.press(action="resolve")
    assert "was changed meanwhile and is muted now: look at it and try again" in html
    assert operator.issue().state is State.MUTED
    assert ">muted</span>" in html


def test_race_changes_nothing(operator, monkeypatch):
    """The other one may come between reading and writing, too."""
    read = ErrorTable.issue

    def interrupted(table, project, of):
        found = read(table, project, of)
        monkeypatch.setattr(ErrorTable, "issue", read)
        operator.press(action="mute", hours=24)
        return found

    monkeypatch.setattr(ErrorTable, "issue", interrupted)
    html = operator.press(action="resolve")
    assert "was changed meanwhile" in html
    assert operator.issue().state is State.MUTED


def test_new_events_disturb_no_button(operator):
    """Events change an issue's counts and not its revision."""
    stored = operator.errors.stored("api", ID)
    counted = replace(stored, issue=replace(stored.issue, count=9999), written=stored.written + 5)
    operator.account.put_stored(counted)
    operator.press(action="resolve")
    assert operator.issue().state is State.RESOLVED
    assert operator.issue().count == 9999


def test_action_is_logged(operator, monkeypatch):
    """With what was done to what; of who did it only what is claimed is known."""
    logged = []
    monkeypatch.setattr(act.logger, "info", lambda message, **fields: logged.append((message, fields)))
    operator.press(action="resolve")
    said = {"claimed_account": "123456789012", "action": "resolve", "project": "api", "id": ID}
    assert logged == [("issue changed", said)]


def test_refusal_is_logged(operator, monkeypatch):
    logged = []
    monkeypatch.setattr(act.logger, "warning", lambda message, **fields: logged.append((message, fields)))
    operator.press(action="drop\x1b[31m table")
    assert logged == [("action refused", {"reason": "Not done: action must be one of resolve, mute, reopen, merge."})]


def test_function_documents_itself(operator):
    assert "buttons" in act.act({"describe": True}, ARN, SETTINGS, operator.sources)
