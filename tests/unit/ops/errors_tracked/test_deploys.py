"""`ops <environment> deploys`: what is recorded, marked and listed."""

import json
from datetime import timedelta
from types import SimpleNamespace

import boto3
import pytest
from moto import mock_aws

from lambdas.shared.error_tracking.table import ErrorTable
from lambdas.vocabulary.error_tracking import Deployment
from lambdas.vocabulary.names import ServiceNames
from ops import account as accounts
from ops.account import Account
from ops.chosen import Chosen
from ops.errors import ExitCode, UsageError
from ops.subjects import deploys as subject
from tests.unit.lambdas.operator_view import account as moto_account
from tests.unit.lambdas.operator_view.account import REGION
from tests.unit.lambdas.operator_view.story import NOW, ago

SENDERS = (SimpleNamespace(name="api", number=1, keys=()), SimpleNamespace(name="web", number=2, keys=()))


class Ops:
    """Runs commands as far as to their exit code."""

    def __init__(self, capsys):
        there = moto_account.Account()
        self.tracking = SimpleNamespace(projects=SENDERS, enabled=True)
        environment = SimpleNamespace(
            name="prod", service="junkos", names=ServiceNames(), region=REGION, errors=self.tracking
        )
        session = boto3.Session(region_name=REGION)
        self.chosen = Chosen("prod")
        self.chosen.__dict__["settings"] = environment
        self.chosen.__dict__["account"] = Account(environment, session)
        self.errors = ErrorTable(there.dynamodb, there.table)
        self.cloudwatch = session.client("cloudwatch")
        self.capsys = capsys

    def run(self, *arguments):
        code = subject.commands.main(arguments, obj=self.chosen, standalone_mode=False) or 0
        assert code == ExitCode.DONE
        return self.capsys.readouterr().out

    def deployed(self, version, at, project="api", environment="prod", **fields):
        self.errors.add_deployment(project, version, Deployment(environment, at, **fields))

    def marks(self):
        found = self.cloudwatch.get_metric_statistics(
            Namespace="JunkOS",
            MetricName="deployments",
            Dimensions=[{"Name": "environment", "Value": "prod"}],
            StartTime=NOW - timedelta(minutes=5),
            EndTime=NOW + timedelta(minutes=5),
            Period=60,
            Statistics=["Maximum"],
        )["Datapoints"]
        return [(point["Timestamp"], point["Maximum"]) for point in found]


@pytest.fixture
def ops(monkeypatch, capsys):
    monkeypatch.setattr(subject, "now", lambda: NOW)
    monkeypatch.setattr(accounts.getpass, "getuser", lambda: "anna")
    with mock_aws():
        yield Ops(capsys)


def test_record_is_kept_and_marked(ops):
    said = ops.run("record", "shop-api@1.5.0", "--name", "run 7", "--url", "https://ci.example/7")
    assert said == "shop-api@1.5.0 is recorded as deployed to prod\n"
    assert ops.errors.release("api", "shop-api@1.5.0").deployments == (
        Deployment("prod", NOW, "run 7", "https://ci.example/7"),
    )
    assert ops.marks() == [(NOW, 1.0)]


def test_record_names_the_operator(ops):
    ops.run("record", "1.5.0", "--project", "web")
    (deployment,) = ops.errors.release("web", "1.5.0").deployments
    assert deployment.name == "anna"


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (("a/b",), "version"),
        (("1.5.0", "--url", "ftp://ci.example"), "url: it begins with https://"),
        (("1.5.0", "--url", f"https://ci.example/{'x' * 500}"), "url: longer than 500"),
        (("1.5.0", "--project", "shop"), "there are: api, web, monitoring"),
    ],
)
def test_bad_record_is_usage(ops, arguments, fault):
    with pytest.raises(UsageError, match=fault):
        ops.run("record", *arguments)
    assert ops.marks() == []


def test_list_shows_this_environments_newest_first(ops):
    ops.deployed("1.4.1", ago(days=3), name="cloudformation: shop")
    ops.deployed("1.4.2", ago(hours=2), url="https://ci.example/8")
    ops.deployed("2.0.0", ago(hours=1), project="web")
    ops.deployed("1.4.3", ago(minutes=1), environment="staging")
    ops.deployed("1.3.0", ago(days=8))
    found = json.loads(ops.run("list", "--json"))["deployments"]
    assert [(each["project"], each["version"]) for each in found] == [
        ("web", "2.0.0"),
        ("api", "1.4.2"),
        ("api", "1.4.1"),
    ]
    assert found[1] == {
        "project": "api",
        "version": "1.4.2",
        "environment": "prod",
        "at": ago(hours=2).isoformat(),
        "name": "",
        "url": "https://ci.example/8",
    }
    lines = ops.run("list", "--project", "api").splitlines()
    assert [line.split()[0] for line in lines] == ["version", "1.4.2", "1.4.1"]
    assert "cloudformation: shop" in lines[2]


@pytest.mark.parametrize(("last", "number"), [("1h", 1), ("2d", 2), ("2w", 3)])
def test_list_goes_back_as_far_as_asked(ops, last, number):
    for version, time in (("1", ago(minutes=59)), ("2", ago(hours=47)), ("3", ago(days=13))):
        ops.deployed(version, time)
    assert len(json.loads(ops.run("list", "--last", last, "--json"))["deployments"]) == number


def test_list_may_be_empty(ops):
    assert ops.run("list") == "no deployment to prod in the last 7d\n"


@pytest.mark.parametrize("last", ["7", "d", "0d", "7y", "-1d", "1d\n"])
def test_odd_span_is_usage(ops, last):
    with pytest.raises(UsageError, match="no span of time"):
        ops.run("list", "--last", last)


@pytest.mark.parametrize("verb", [("list",), ("record", "1.5.0")])
def test_nothing_is_kept_without_errors(ops, verb):
    ops.tracking.enabled = False
    with pytest.raises(UsageError, match=r"errors\.enabled = true"):
        ops.run(*verb)


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_terminal_is_left_alone(ops, options):
    hostile = "\x1b]0;owned\x07\x9b31m\u202ex"
    ops.deployed("1.4.2", ago(hours=1), name=hostile, url=f"https://{hostile}")
    assert not set("\x1b\x07\x9b\u202e") & set(ops.run("list", *options))
