"""`ops <environment> incidents`: what is shown, what is answered, and how it ends."""

import json
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import boto3
import pytest
from moto import mock_aws

from lambdas.shared.incidents.review.write import key_of
from lambdas.shared.incidents.table import Change, IncidentTable
from lambdas.vocabulary.incidents import ACTIONS, Answer, Reply, Way
from lambdas.vocabulary.notices import IDENTIFIER, RECORD
from lambdas.vocabulary.on_call import Person
from ops import account as accounts
from ops.account import Account
from ops.chosen import Chosen
from ops.errors import ExitCode, OpsError, UsageError
from ops.incidents import desk as desks
from ops.incidents.desk import minutes_of
from ops.subjects import incidents as subject
from tests.unit.lambdas.shared.incidents.story import (
    ACTION,
    GATHERED,
    INCIDENT,
    NOW,
    OLD,
    OPEN,
    ROTA,
    TIMELINE,
    TIMEZONE,
)

REGION = "us-east-1"
TABLE, BUCKET = "junkos-prod-incidents", f"junkos-prod-reviews-123456789012-{REGION}"
ON_CALL = SimpleNamespace(
    rota=lambda: ROTA, persons=lambda: tuple(map(Person, ROTA.people)), timezone=TIMEZONE, people=ROTA.people
)


class Ops:
    """Runs commands as far as to their exit code; the function `incident` is this object."""

    def __init__(self, capsys, monkeypatch):
        self.dynamodb, self.s3 = (boto3.client(service, region_name=REGION) for service in ("dynamodb", "s3"))
        keys = ((RECORD, "HASH"), (IDENTIFIER, "RANGE"))
        self.dynamodb.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name, _ in keys],
        )
        self.s3.create_bucket(Bucket=BUCKET)
        self.table = IncidentTable(self.dynamodb, TABLE)
        environment = SimpleNamespace(name="prod", service="junkos", region=REGION, on_call=ON_CALL)
        self.chosen = Chosen("prod")
        self.chosen.__dict__["settings"] = environment
        self.chosen.__dict__["account"] = Account(environment, boto3.Session(region_name=REGION))
        self.said, self.asked, self.capsys = {"outcome": "done", "text": "you have it"}, [], capsys
        monkeypatch.setattr(Account, "invoke", self._invoke)

    def _invoke(self, folder, **event):
        self.asked.append((folder, json.loads(json.dumps(event))))
        return self.said

    def put(self, incident):
        # The guard counts from the first number on; here it is that of the story.
        number = {"number": {"N": str(incident.number - 1)}}
        key = {RECORD: {"S": "guard"}, IDENTIFIER: {"S": "opening"}}
        self.dynamodb.put_item(TableName=TABLE, Item={**key, **number})
        entries = TIMELINE if incident.number == INCIDENT.number else ()
        self.table.store(Change(replace(incident, version=1), entries, is_new=True))

    def tell_story(self):
        for incident in (OLD, INCIDENT, OPEN):
            self.put(incident)
        key = {RECORD: {"S": "incident#12"}, IDENTIFIER: {"S": "evidence"}}
        self.dynamodb.put_item(TableName=TABLE, Item={**key, "document": {"S": GATHERED.to_json()}})
        self.table.put_document(ACTIONS, ACTION.identifier, ACTION.to_json())
        return self

    def run(self, *arguments, ends=ExitCode.DONE):
        code = subject.commands.main(arguments, obj=self.chosen, standalone_mode=False) or 0
        assert code == ends
        return self.capsys.readouterr().out

    def json(self, *arguments, **more):
        return json.loads(self.run(*arguments, "--json", **more))

    @property
    def reply(self):
        ((folder, event),) = self.asked
        assert folder == "incident"
        return Reply.from_json(json.dumps(event["reply"]))


@pytest.fixture
def ops(monkeypatch, capsys):
    for module in (subject, desks):
        monkeypatch.setattr(module, "now", lambda: NOW)
    monkeypatch.setattr(accounts.getpass, "getuser", lambda: "anna")
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "123456789012")
    with mock_aws():
        yield Ops(capsys, monkeypatch).tell_story()


def test_list_is_newest_first(ops):
    lines = ops.run("list").splitlines()
    assert [line.split()[0] for line in lines[1:]] == ["13", "12", "11"]
    assert "Requests are slow (untaken)" in lines[3]
    assert [each["number"] for each in ops.json("list", "--days", "7")["incidents"]] == [13, 12]


def test_open_incident_ends_with_one(ops):
    out = ops.run("list", "--open", ends=ExitCode.WRONG)
    assert "A backup failed" in out
    assert "The API is down" not in out


def test_no_open_incident_ends_with_zero(ops):
    over = replace(OPEN, version=2, state=INCIDENT.state, resolved_at=NOW)
    ops.table.store(Change(over))
    assert ops.run("list", "--open") == "no incident is open\n"


def test_show_says_all(ops):
    out = ops.run("show", "12")
    assert "state            resolved: taken by ben" in out
    assert out.index("SUSPECT Deployments: shop-api@1.5.0") < out.index("Database: 82 of 100")
    assert "24 Nov 02:20:12  ben took it (by Slack)" in out
    assert "Limit the pool to 20 connections (ben, due 2026-12-04, SHOP-812)" in out
    assert max(map(len, out.splitlines())) <= 100


def test_show_as_json(ops):
    document = ops.json("show", "12")
    assert (document["acknowledged_seconds"], document["resolved_seconds"]) == (473, 2832)
    assert document["evidence"]["evidence"][0]["suspected"]
    assert [each["identifier"] for each in document["actions"]] == ["a1"]


def test_unknown_incident_is_named(ops):
    with pytest.raises(OpsError, match="there is no incident of this number"):
        ops.run("show", "99")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("ack", "13"), Reply(13, Answer.TAKE, Way.COMMAND, NOW, "anna")),
        (("ack", "13", "--as", "ben"), Reply(13, Answer.TAKE, Way.COMMAND, NOW, "ben")),
        (("snooze", "13", "--for", "2h"), Reply(13, Answer.SNOOZE, Way.COMMAND, NOW, "anna", minutes=120)),
        (("snooze", "13", "--for", "morning"), Reply(13, Answer.SNOOZE, Way.COMMAND, NOW, "anna")),
        (("cannot", "13"), Reply(13, Answer.CANNOT, Way.COMMAND, NOW, "anna")),
        (("resolve", "13"), Reply(13, Answer.RESOLVE, Way.COMMAND, NOW, "anna")),
        (("note", "13", "rolled back"), Reply(13, Answer.NOTE, Way.COMMAND, NOW, "anna", "rolled back")),
    ],
)
def test_answers_go_to_the_function(ops, arguments, expected):
    assert ops.run(*arguments) == "incident 13: you have it\n"
    assert ops.reply == expected


def test_refused_answer_ends_with_its_reason(ops):
    ops.said = {"outcome": "refused", "text": "an alarm still fires"}
    with pytest.raises(OpsError, match="incident 13: an alarm still fires"):
        ops.run("resolve", "13")


@pytest.mark.parametrize(("said", "minutes"), [("30m", 30), ("2h", 120), ("morning", 0)])
def test_snooze_is_read(said, minutes):
    assert minutes_of(said) == minutes


@pytest.mark.parametrize("said", ["", "0m", "30", "2d", "-5m", "1.5h", "99999m"])
def test_odd_snooze_is_refused(said):
    with pytest.raises(UsageError, match="--for must be such as 30m or 2h"):
        minutes_of(said)


def test_stored_review_is_printed(ops):
    ops.s3.put_object(Bucket=BUCKET, Key=key_of(12), Body=b"# What we learnt\n")
    assert ops.run("review", "12") == "# What we learnt\n"


def test_missing_review_is_composed(ops, tmp_path):
    out = ops.json("review", "12")
    assert not out["stored"]
    assert out["markdown"].startswith("# Post-mortem of incident 12: The API is down")
    file = tmp_path / "review.html"
    ops.run("review", "12", "--html", str(file))
    assert file.read_text().startswith("<!doctype html>")
    with pytest.raises(FileExistsError):
        ops.run("review", "12", "--html", str(file))


def test_figures_are_by_month(ops):
    lines = ops.run("figures").splitlines()
    assert lines[1].split() == ["2026-11", "2", "7", "min", "7", "min", "47", "min", "47", "min", "0", "0", "0"]
    assert lines[2].split() == ["2026-10", "1", "-", "-", "4", "min", "4", "min", "1", "0", "0"]
    assert [each["name"] for each in ops.json("figures", "--months", "1")["months"]] == ["2026-11"]


def test_action_is_handed_over(ops):
    ops.said = {"identifier": "12-ab"}
    out = ops.run("action", "add", "12", "Alarm sooner", "--owner", "cem", "--due", "2026-12-11", "--ticket", "S-1")
    assert out == "action 12-ab is written down\n"
    ((_, event),) = ops.asked
    assert event["action"] == {
        "identifier": "",
        "incident": 12,
        "text": "Alarm sooner",
        "owner": "cem",
        "due": "2026-12-11",
        "done_at": None,
        "ticket": "S-1",
        "by": "anna",
    }


def test_action_of_no_incident_is_refused(ops):
    with pytest.raises(OpsError, match="there is no incident"):
        ops.run("action", "add", "99", "x", "--owner", "cem", "--due", "2026-12-11")
    assert ops.asked == []


def test_done_names_the_action(ops):
    assert ops.run("action", "done", "a1") == "action a1 is done\n"
    assert ops.asked == [("incident", {"action_done": {"identifier": "a1", "by": "anna"}})]
    with pytest.raises(OpsError, match="there is no action a2"):
        ops.run("action", "done", "a2")


def test_overdue_action_ends_with_one(ops, monkeypatch):
    assert ops.run("actions", "--overdue") == "no action is overdue\n"
    monkeypatch.setattr(subject, "now", lambda: NOW + timedelta(days=12))
    assert "2 d overdue" in ops.run("actions", "--overdue", ends=ExitCode.WRONG)
    assert "2 d overdue" in ops.run("actions")


def test_environment_without_on_call_says_so(ops):
    ops.chosen.settings.on_call = None
    for arguments in (("list",), ("show", "1"), ("ack", "1"), ("review", "1"), ("figures",), ("actions",)):
        with pytest.raises(UsageError, match=r"nobody is on call in prod.*\[on_call\] in its file"):
            ops.run(*arguments)
    assert ops.asked == []
