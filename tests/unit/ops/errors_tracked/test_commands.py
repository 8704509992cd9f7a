"""`ops <environment> errors`: what is shown, what is changed, and how it ends."""

import json
from datetime import timedelta
from types import SimpleNamespace

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from lambdas.error_test.envelope import NotAcceptedError
from lambdas.error_test.send_and_wait import Arrived
from lambdas.shared.error_tracking import items, samples
from lambdas.shared.error_tracking.table import ErrorTable
from lambdas.shared.error_tracking.users import hashed_user
from lambdas.vocabulary.error_tracking import Resolution, Sample, State
from ops import account as accounts
from ops.account import Account
from ops.chosen import Chosen
from ops.errors import ExitCode, OpsError, RefusedError, UsageError
from ops.subjects import errors as subject
from tests.unit.lambdas.operator_view import account as moto_account
from tests.unit.lambdas.operator_view.account import REGION
from tests.unit.lambdas.operator_view.story import NEW, NOW, ago, issue

ID, OTHER, MUTED = (f"{number:016x}" for number in (1, 2, 4))
KEY = "0123456789abcdef0123456789abcdef"
FRONT = "https://front.example"
SENDERS = (SimpleNamespace(name="api", number=1, keys=(KEY,)), SimpleNamespace(name="web", number=2, keys=("f" * 32,)))


class Ops:
    """Runs commands as far as to their exit code."""

    def __init__(self, capsys):
        self.there = moto_account.Account().tell_story()
        environment = SimpleNamespace(
            name="prod", service="junkos", region=REGION, errors=SimpleNamespace(projects=SENDERS)
        )
        self.chosen = Chosen("prod")
        self.chosen.__dict__["settings"] = environment
        self.chosen.__dict__["account"] = Account(environment, boto3.Session(region_name=REGION))
        self.errors = ErrorTable(self.there.dynamodb, self.there.table)
        self.capsys = capsys

    def run(self, *arguments):
        code = subject.commands.main(arguments, obj=self.chosen, standalone_mode=False) or 0
        assert code == ExitCode.DONE
        return self.capsys.readouterr().out

    def json(self, *arguments):
        return json.loads(self.run(*arguments, "--json"))

    def issue(self, of=ID):
        return self.errors.issue("api", of)


@pytest.fixture
def ops(monkeypatch, capsys):
    monkeypatch.setattr(subject, "now", lambda: NOW)
    monkeypatch.setattr(accounts.getpass, "getuser", lambda: "anna")
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "123456789012")
    with mock_aws():
        yield Ops(capsys)


def test_list_shows_unresolved_issues(ops):
    lines = ops.run("list").splitlines()
    assert lines[0].split() == ["issue", "state", "title", "events", "users", "last", "seen", "release"]
    assert [line.split()[0] for line in lines[1:]] == [ID, OTHER, f"{3:016x}"]
    assert "TypeError: Cannot read properties of undefined" in lines[1]
    assert lines[1].split()[-6:] == ["1834", "211", "2", "min", "ago", "1.4.2"]


@pytest.mark.parametrize(
    ("options", "number"), [(("--state", "all"), 5), (("--state", "muted"), 1), (("--newest", "2"), 2)]
)
def test_list_is_narrowed(ops, options, number):
    assert len(ops.json("list", *options)["issues"]) == number


def test_list_has_issues_as_json(ops):
    found = ops.json("list", "--project", "api")
    assert found["project"] == "api"
    assert found["issues"][0]["id"] == ID
    assert found["issues"][0]["last_seen"] == ago(minutes=2).isoformat()


def test_list_may_be_empty(ops):
    assert ops.run("list", "--project", "web", "--state", "regressed") == "no regressed issue in web\n"


def test_unknown_project_is_usage(ops):
    with pytest.raises(UsageError, match="there are: api, web, monitoring"):
        ops.run("list", "--project", "shop")


def test_show_has_stack_and_source(ops):
    said = ops.run("show", ID)
    assert "TypeError: Cannot read properties of undefined" in said
    assert "  chargeOrder  src/orders/charge.ts:27:17\n      > const amount = cart.sum.total" in said
    assert "  · Layer.handle" in said
    assert "caused by CartError" in said
    assert "Mira Aalto: Charge by the order's currency" in said


def test_show_has_event_as_json(ops):
    found = ops.json("show", ID)
    assert found["issue"]["id"] == ID
    assert found["releases"] == {NEW: 1790}
    assert len(found["hours"]) == 24
    assert found["event"]["tags"]["tenant"] == "acme"


def test_show_of_unknown_issue_fails(ops):
    with pytest.raises(OpsError, match="there is no such issue"):
        ops.run("show", "f" * 16)
    with pytest.raises(UsageError, match="id must be an issue's id"):
        ops.run("show", "DROP")


@pytest.mark.parametrize("verb", [("list",), ("show", "e" * 16)])
@pytest.mark.parametrize("options", [(), ("--json",)])
def test_terminal_is_left_alone(ops, verb, options):
    """No text that anybody sends is a command of the terminal, in tables or in JSON."""
    hostile = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202etxt.exe\nsecond line"
    sample = Sample("samples/api/x.ndjson.gz", 0, "a" * 32, NOW, hostile)
    fields = {"title": hostile, "culprit": hostile, "level": hostile, "last_release": hostile, "first_release": hostile}
    ops.there.put_issue(issue(id="e" * 16, last_seen=NOW, samples=(sample,), **fields))
    thrown = {"type": hostile, "value": hostile, "stacktrace": {"frames": [{"function": hostile, "in_app": True}]}}
    samples.write(ops.there.s3, ops.there.bucket, sample.object, [{"exception": {"values": [thrown]}}])
    said = ops.run(*verb, *options)
    assert "second line" in said
    assert not set("\x1b\x07\x9b\u202e") & set(said)


def test_resolve(ops):
    assert "Resolved: an event from now on is a regression" in ops.run("resolve", ID)
    assert ops.issue().resolved.kind is Resolution.NOW
    assert ops.issue().resolved.by == "anna"


def test_resolve_in_release(ops):
    ops.run("resolve", ID, "--in-release", "shop-api@1.5.0")
    assert ops.issue().resolved.release == "shop-api@1.5.0"


def test_resolve_in_next_release(ops):
    assert f"Resolved in the release after {NEW}" in ops.run("resolve", ID, "--in-next-release")
    assert ops.issue().resolved.kind is Resolution.IN_NEXT_RELEASE


@pytest.mark.parametrize("release", ["", "a\nb", "a" * 251])
def test_odd_release_is_usage(ops, release):
    with pytest.raises(UsageError, match="release must be a release"):
        ops.run("resolve", ID, "--in-release", release)


def test_resolutions_exclude_each_other(ops):
    with pytest.raises(UsageError, match="exclude each other"):
        ops.run("resolve", ID, "--in-release", "1", "--in-next-release")


def test_mute(ops):
    ops.run("mute", ID, "--hours", "12")
    assert ops.issue().muted.until == NOW + timedelta(hours=12)
    ops.run("mute", ID, "--events", "50", "--window", "10")
    assert (ops.issue().muted.events, ops.issue().muted.window_minutes) == (50, 10)
    ops.run("mute", ID)
    assert ops.issue().state is State.MUTED
    assert (ops.issue().muted.until, ops.issue().muted.events) == (None, 0)


@pytest.mark.parametrize("options", [("--hours", "1", "--events", "1"), ("--window", "5")])
def test_contradicting_mutes_are_usage(ops, options):
    with pytest.raises(UsageError, match=r"not both|of some events only"):
        ops.run("mute", ID, *options)


def test_reopen(ops):
    assert ops.run("reopen", MUTED) == "Reopened\n"
    assert ops.issue(MUTED).state is State.OPEN
    with pytest.raises(OpsError, match="open already"):
        ops.run("reopen", MUTED)


def test_merge(ops):
    assert ops.run("merge", ID, OTHER, MUTED) == "2 issues merged into this one\n"
    assert ops.issue().count == 1834 + 412 + 12874
    assert ops.issue(OTHER) is None


def test_releases(ops):
    key = items.key(items.sessions_record("api", NEW), "#prod")
    counts = {"started": {"N": "2000"}, "crashed": {"N": "5"}, "errored": {"N": "9"}}
    ops.there.put({**key, **counts})
    lines = ops.run("releases").splitlines()
    assert lines[1].startswith(NEW)
    assert "99.75 %" in lines[1]
    found = ops.json("releases", "--newest", "1")["releases"]
    assert [(each["version"], each["crash_free_percent"]) for each in found] == [(NEW, 99.75)]


@pytest.fixture
def front(monkeypatch):
    """The stack's outputs; moto has none without packages that nothing else needs."""
    client = boto3.client("cloudformation", region_name=REGION)
    stack = {"StackName": "junkos-prod-errors", "CreationTime": NOW, "StackStatus": "UPDATE_COMPLETE"}
    outputs = [{"OutputKey": "ErrorsFrontUrl", "OutputValue": FRONT}]
    stubber, real = Stubber(client), Account.client
    for _ in range(2):
        stubber.add_response(
            "describe_stacks", {"Stacks": [{**stack, "Outputs": outputs}]}, {"StackName": "junkos-prod-errors"}
        )
    stubber.activate()
    monkeypatch.setattr(
        Account, "client", lambda self, service: client if service == "cloudformation" else real(self, service)
    )


def test_dsn_is_printed(ops, front):
    said = ops.run("dsn", "--project", "api")
    assert f'Sentry.init({{ dsn: "https://{KEY}@front.example/1", environment: "prod"' in said
    assert f"export SENTRY_URL={FRONT} SENTRY_ORG=junkos SENTRY_PROJECT=api" in said
    assert [each["project"] for each in ops.json("dsn")["dsns"]] == ["api", "web"]


def test_dsn_needs_a_project(ops):
    with pytest.raises(OpsError, match="no project sends errors by a DSN"):
        ops.run("dsn", "--project", "monitoring")


def test_test_error_is_reported(ops, front, monkeypatch):
    sent = []

    def send(dsn, errors, by, waiting):
        sent.append((str(dsn), by, waiting.patience))
        return Arrived("e" * 32, "api", "a1b2c3", 2.41)

    monkeypatch.setattr(subject, "send_and_wait", send)
    assert ops.run("test", "--patience", "5") == f"arrived after 2.4 s: event {'e' * 32}, issue a1b2c3\n"
    assert sent == [(f"https://{KEY}@front.example/1", "anna", timedelta(seconds=5))]


def test_lost_test_error_fails(ops, front, monkeypatch):

    def refused(*_):
        raise NotAcceptedError("the front answered 401: no such key")

    monkeypatch.setattr(subject, "send_and_wait", refused)
    with pytest.raises(OpsError, match="the front answered 401") as raised:
        ops.run("test")
    assert raised.value.code == ExitCode.WRONG


def test_user_is_forgotten(ops):
    """In the table and in every sample, also in those that no issue points to any more."""
    user = hashed_user("mira@example.com", "prod")
    record = items.user_record("api", items.user_digest("api", user))
    ops.there.put(items.key(record, ID))
    others = {"event_id": "b" * 32, "user": {"id": "user-other"}}
    own = {"event_id": "a" * 32, "timestamp": NOW.isoformat(), "user": {"id": user}, "extra": {"order": 8812}}
    keys = [f"samples/{name}.ndjson.gz" for name in ("api/2026-11-20/a", "api/2026-11-21/b", "web/2026-11-20/c")]
    for key, events in zip(keys, ([others, own, others], [others], [own]), strict=True):
        samples.write(ops.there.s3, ops.there.bucket, key, events)
    untouched = ops.there.s3.head_object(Bucket=ops.there.bucket, Key=keys[1])["LastModified"]

    assert ops.run("forget-user", " Mira@Example.com") == "removed from 1 issue; 1 event in 1 object of samples\n"

    read = [samples.read(ops.there.s3, ops.there.bucket, Sample(keys[0], n, "", NOW)) for n in range(3)]
    assert read[0] == read[2] == others
    assert read[1] == {
        "event_id": "a" * 32,
        "timestamp": NOW.isoformat(),
        "message": "This sample was removed with its user's data.",
    }
    assert ops.there.s3.head_object(Bucket=ops.there.bucket, Key=keys[1])["LastModified"] == untouched
    assert not ops.errors.query(record)
    assert ops.run("forget-user", "mira@example.com") == "removed from 0 issues; 0 events in 0 objects of samples\n"


def test_credentials_are_needed(ops, monkeypatch):
    def expired(*_, **__):
        raise accounts.BotoCoreError

    monkeypatch.setattr(ops.chosen.account.session, "client", expired)
    with pytest.raises(RefusedError, match="sign in"):
        ops.chosen.account.number()
