"""`ops <environment> status`: what is published, what is printed, and how it ends."""

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import boto3
import pytest
from moto import mock_aws

from lambdas.vocabulary.endpoints import ENDPOINT, RECORD
from ops import account as accounts
from ops.account import Account
from ops.chosen import Chosen
from ops.errors import ExitCode, OpsError, UsageError
from ops.status_notes import page as pages
from ops.subjects import SUBJECTS
from ops.subjects import status as subject

TABLE = "junkos-prod-endpoint-states"
REGION = "eu-central-1"
NOW = datetime(2026, 11, 23, 9, 12, 33, 123456, tzinfo=UTC)
ADDRESS = "https://d1.cloudfront.net/"
INCIDENT = ("publish", "API is down", "--services", "api,shop", "--impact", "down", "--text", "We look into it.")
WINDOW = ("--from", "2026-11-24T02:00", "--until", "2026-11-24T04:00+01:00", "--text", "A new database.")


class Ops:
    """Runs commands as far as to their exit code."""

    def __init__(self, capsys, monkeypatch):
        endpoints = [SimpleNamespace(name=name, public=name != "internal") for name in ("api", "shop", "internal")]
        self.uptime = SimpleNamespace(status_page=True, endpoints=endpoints)
        environment = SimpleNamespace(name="prod", service="junkos", region=REGION, uptime=self.uptime)
        self.chosen = Chosen("prod")
        self.chosen.__dict__["settings"] = environment
        self.chosen.__dict__["account"] = Account(environment, boto3.Session(region_name=REGION))
        boto3.client("dynamodb", region_name=REGION).create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": ENDPOINT, "KeyType": "HASH"}, {"AttributeName": RECORD, "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in (ENDPOINT, RECORD)],
        )
        self.capsys, self.invoked = capsys, []
        monkeypatch.setattr(Account, "output", lambda _, part, key: ADDRESS)
        monkeypatch.setattr(Account, "invoke", lambda _, folder: self.invoked.append(folder))

    def run(self, *arguments):
        code = subject.commands.main(arguments, obj=self.chosen, standalone_mode=False) or 0
        assert code == ExitCode.DONE
        return self.capsys.readouterr().out

    def json(self, *arguments):
        return json.loads(self.run(*arguments, "--json"))


@pytest.fixture
def ops(monkeypatch, capsys):
    for module in (subject, pages):
        monkeypatch.setattr(module, "now", lambda: NOW)
    monkeypatch.setattr(accounts.getpass, "getuser", lambda: "anna")
    with mock_aws():
        yield Ops(capsys, monkeypatch)


def test_publish_says_where_it_is(ops):
    said = ops.run(*INCIDENT)
    (note,) = ops.json("list")["notes"]
    assert said.splitlines() == [
        f"{note['id']}: API is down is investigating (api, shop)",
        f"readers see it within a minute: {ADDRESS}",
    ]
    assert ops.invoked == ["status_page"]
    assert note["updates"] == [
        {"at": "2026-11-23T09:12:33+00:00", "stage": "investigating", "text": "We look into it.", "by": "anna"}
    ]


def test_publish_as_json(ops):
    found = ops.json(*INCIDENT, "--state", "identified")
    assert found["page"] == ADDRESS
    assert (found["note"]["kind"], found["note"]["state"]) == ("incident", "identified")


def test_update_and_resolve(ops):
    identifier = ops.json(*INCIDENT)["note"]["id"]
    ops.run("update", identifier, "--state", "monitoring", "--impact", "degraded", "--text", "It works again.")
    assert f"{identifier}: API is down is resolved" in ops.run(
        "update", identifier, "--state", "resolved", "--text", "Mended."
    )
    with pytest.raises(OpsError, match="was resolved at") as raised:
        ops.run("update", identifier, "--state", "monitoring", "--text", "x")
    assert raised.value.code == ExitCode.WRONG
    assert len(ops.invoked) == 3


def test_maintenance_is_announced(ops):
    said = ops.run("maintenance", "Move", "--services", "api", *WINDOW)
    assert "from 24 Nov 2026, 02:00:00 UTC to 24 Nov 2026, 03:00:00 UTC; what fails in this time" in said
    assert ops.json("list")["notes"][0]["state"] == "planned"


def test_maintenance_is_ended(ops):
    window = ("--from", "now", "--until", "2026-11-23T12:00", "--text", "x")
    identifier = ops.json("maintenance", "Move", "--services", "api", *window)["note"]["id"]
    with pytest.raises(OpsError, match="has begun \\(end it\\)"):
        ops.run("maintenance", "--cancel", identifier)
    assert "is over" in ops.run("maintenance", "--end", identifier)


def test_maintenance_is_cancelled(ops):
    identifier = ops.json("maintenance", "Move", "--services", "api", *WINDOW)["note"]["id"]
    assert ops.run("maintenance", "--cancel", identifier).splitlines()[0] == f"{identifier}: Move is cancelled (api)"


def test_list_is_a_table(ops):
    assert ops.run("list") == "nothing was published or announced\n"
    ops.run(*INCIDENT)
    ops.run("maintenance", "Move", "--services", "api", *WINDOW)
    heading, first, second = ops.run("list").splitlines()
    assert heading.split() == ["id", "what", "state", "services", "title", "from", "until"]
    assert "maintenance  planned" in first
    assert second.split()[1:5] == ["down", "investigating", "api,", "shop"]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ((*INCIDENT[:3], "internal", *INCIDENT[4:]), "'internal' is no service of the page \\(there are: api, shop\\)"),
        ((*INCIDENT[:-1], "\x1b[2J"), "the text has the character U\\+001B"),
        (("maintenance", "Move", "--services", "api"), "needs TITLE, --services, --from, --until and --text"),
        (("maintenance", "Move", "--end", "abc"), "announce maintenance .* or name one"),
        (("maintenance",), "announce maintenance .* or name one"),
        (
            ("maintenance", "Move", "--services", "api", "--from", "soon", *WINDOW[2:]),
            "--from 'soon' is no time: write one such as",
        ),
        (("maintenance", "Move", "--services", "api", "--from", "2026-11-22T02:00", *WINDOW[2:]), "lies in the past"),
    ],
)
def test_wrong_input_is_one_line(ops, arguments, reason):
    with pytest.raises(UsageError, match=reason) as raised:
        ops.run(*arguments)
    assert "\n" not in str(raised.value)
    assert ops.invoked == []
    assert ops.json("list")["notes"] == []


def test_environment_needs_a_page(ops):
    ops.uptime.status_page = False
    with pytest.raises(UsageError, match="has no status page"):
        ops.run(*INCIDENT)


def test_unwritten_page_is_said(ops, monkeypatch):
    """The note is stored: whoever publishes must not do it twice."""

    def fails(*_):
        raise OpsError("the bucket is gone")

    monkeypatch.setattr(Account, "invoke", fails)
    with pytest.raises(OpsError, match=r"[0-9a-f]{8} is stored, and the page was not written: the bucket is gone"):
        ops.run(*INCIDENT)
    assert len(ops.chosen.account.client("dynamodb").scan(TableName=TABLE)["Items"]) == 1


def test_subject_is_registered():
    assert "status" in SUBJECTS


def test_times_are_utc(ops):
    found = ops.json("maintenance", "Move", "--services", "api", *WINDOW)["note"]
    start, until = (datetime.fromisoformat(found[name]) for name in ("start", "until"))
    assert (start, until - start) == (datetime(2026, 11, 24, 2, tzinfo=UTC), timedelta(hours=1))
