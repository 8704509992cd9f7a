"""What an operator sees firing, what a mute covers and what it never covers, and that it always ends."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import boto3
import pytest

from lambdas.shared.clock import now
from lambdas.vocabulary.incidents import Incident, State, Way
from lambdas.vocabulary.levels import Level
from ops.alerts import firing, mute
from ops.chosen import Chosen
from ops.command import main
from ops.errors import ExitCode, OpsError, UsageError
from ops.subjects.alerts import commands

PROD = SimpleNamespace(name="prod", service="junkos")
NOW = datetime(2026, 11, 24, 20, 34, 31, tzinfo=UTC)
MUTE_ARN = "arn:aws:cloudwatch:us-east-1:111122223333:alarm-mute-rule:"


def alarm(name, level, page, state="OK", actions=("arn:aws:sns:us-east-1:111122223333:t",)):
    return {
        "AlarmName": f"junkos-prod-{name}",
        "AlarmDescription": f"Level: {level}\nMeaning: {name} is bad.\nRunbook: docs/runbooks/{page}.md\nOwner: us",
        "StateValue": state,
        "StateUpdatedTimestamp": NOW - timedelta(minutes=75),
        "AlarmActions": list(actions),
    }


ALARMS = [
    alarm("api-errors", "high", "high-error-rate"),
    alarm("endpoint-api-slow", "medium", "service-slow", state="ALARM"),
    alarm("endpoint-api-down", "critical", "service-down", state="ALARM"),
    alarm("rds-free-memory", "high", "database-capacity", state="ALARM", actions=()),
    alarm("recovery-backup-age", "critical", "backup-failed"),
    alarm("database-backup-errors", "high", "function-failed"),
    alarm("failed-logins", "high", "security-finding"),
    {**alarm("somebody-elses", "high", "traffic"), "AlarmDescription": "no level"},
]


class Account:
    """CloudWatch behind a real client: requests are validated by the service's model."""

    def __init__(self, alarms=ALARMS):
        self.alarms, self.rules = alarms, {}
        self.client = boto3.client("cloudwatch", region_name="us-east-1")
        self.client.meta.events.register_first("before-call.cloudwatch", self._answer)
        self.client.meta.events.register_first("provide-client-params.cloudwatch", self._note)

    def _note(self, params, **_):
        self.params = params

    def _answer(self, model, **_):
        return SimpleNamespace(status_code=200), getattr(self, model.name)(**self.params)

    def DescribeAlarms(self, AlarmNamePrefix, AlarmTypes, StateValue=None):  # noqa: N802, N803  (AWS's names)
        assert AlarmNamePrefix == "junkos-prod-"
        return {"MetricAlarms": [it for it in self.alarms if StateValue in (None, it["StateValue"])]}

    def PutAlarmMuteRule(self, Name, **rule):  # noqa: N802, N803
        self.rules[Name] = rule

    def ListAlarmMuteRules(self, Statuses=("ACTIVE",)):  # noqa: N802, N803
        found = {name: rule for name, rule in self.rules.items() if rule.get("Status", "ACTIVE") in Statuses}
        return {
            "AlarmMuteRuleSummaries": [
                {"AlarmMuteRuleArn": MUTE_ARN + name, "Status": rule.get("Status", "ACTIVE")}
                for name, rule in found.items()
            ]
        }

    def GetAlarmMuteRule(self, AlarmMuteRuleName):  # noqa: N802, N803
        return self.rules[AlarmMuteRuleName]

    def DeleteAlarmMuteRule(self, AlarmMuteRuleName):  # noqa: N802, N803
        del self.rules[AlarmMuteRuleName]
        return {}


@pytest.fixture(autouse=True)
def the_time(monkeypatch):
    monkeypatch.setattr(mute, "now", lambda: NOW)
    monkeypatch.setattr(firing, "now", lambda: NOW)


@pytest.fixture
def account():
    return Account()


def run(account, *arguments):
    """`ops prod alerts …` as far as to its exit code."""
    chosen = Chosen("prod")
    chosen.__dict__["account"] = SimpleNamespace(client=lambda _: account.client)
    return commands.main(arguments, obj=chosen, standalone_mode=False) or 0


def muting(account, *arguments):
    return run(account, "mute", "--reason", "deploy 1.4", *arguments)


def targets(account):
    return {
        name.removeprefix("junkos-prod-")
        for rule in account.rules.values()
        for name in rule["MuteTargets"]["AlarmNames"]
    }


def test_deployment_mutes_its_alarms(account):
    """A deployment mutes what it disturbs and nothing else."""
    assert muting(account) == 0
    assert targets(account) == {"api-errors", "endpoint-api-slow"}


def test_mute_starts_at_next_minute(account, capsys):
    """A mute begins at the next minute and has an end."""
    muting(account, "--minutes", "45")
    ((name, rule),) = account.rules.items()
    assert name == "junkos-prod-muted-20261124t203431-1"
    assert rule["Rule"]["Schedule"] == {"Expression": "at(2026-11-24T20:35)", "Duration": "PT45M"}
    assert rule["ExpireDate"] == datetime(2026, 11, 24, 21, 20, tzinfo=UTC)
    assert rule["Description"].startswith("deploy 1.4 (")
    assert "2 alarms muted from 20:35 to 21:20 UTC" in capsys.readouterr().out


def test_mutes_in_same_minute_both_hold(account, monkeypatch):
    """Two mutes of the same minute both hold."""
    muting(account, "--alarms", "api-*")
    monkeypatch.setattr(mute, "now", lambda: NOW + timedelta(seconds=9))
    muting(account, "--alarms", "endpoint-*")
    assert targets(account) == {"api-errors", "endpoint-api-slow"}


def test_late_mute_starts_one_minute_later(account, monkeypatch):
    """A mute at the end of a minute begins with the one after the next."""
    monkeypatch.setattr(mute, "now", lambda: NOW.replace(second=59))
    muting(account)
    ((_, rule),) = account.rules.items()
    assert rule["Rule"]["Schedule"]["Expression"] == "at(2026-11-24T20:36)"


def test_critical_alarms_need_explicit_mute(account):
    """Critical alarms are muted only when that is said."""
    muting(account, "--also-critical")
    assert targets(account) == {"api-errors", "endpoint-api-slow", "endpoint-api-down"}


def test_backups_stay_unmuted_unless_named(account):
    """Alarms may be named and backups stay loud unless they are."""
    muting(account, "--alarms", "database-backup-*", "--alarms", "recovery-*", "--alarms", "rds-*")
    assert targets(account) == {"database-backup-errors"}


@pytest.mark.parametrize("minutes", ["0", "1441"])
def test_endless_mute_is_refused(account, minutes):
    """A mute without a near end is refused."""
    with pytest.raises(UsageError, match=f"--minutes {minutes}: must be between 1 and 1440"):
        muting(account, "--minutes", minutes)
    assert account.rules == {}


@pytest.mark.parametrize("reason", ["", " "])
def test_a_mute_without_a_reason_is_refused(account, reason):
    with pytest.raises(UsageError, match="--reason is empty: say what is being done"):
        muting(account, "--reason", reason)
    assert account.rules == {}


@pytest.mark.parametrize("pattern", ["typo-*", "endpoint-api-down", "rds-free-memory"])
def test_nothing_to_mute_is_explained(account, pattern):
    """Nothing to mute is said and what such a pattern may lack."""
    with pytest.raises(OpsError) as error:
        muting(account, "--alarms", pattern)
    assert str(error.value) == (
        "there is no alarm to mute (does --alarms match a name? a critical one needs --also-critical; "
        "a part is muted by its whole, as api-error-rate by api-failing)"
    )


def test_what_was_said_already_is_no_remedy(account):
    with pytest.raises(OpsError, match=r"match a name\? a part is muted by its whole"):
        muting(account, "--also-critical", "--alarms", "typo-*")


def test_missing_alarms_name_stacks():
    """Without any alarm the stacks are asked after."""
    with pytest.raises(OpsError, match=r"there is no alarm to mute \(are the stacks deployed\?\)"):
        muting(Account([]))


def test_many_alarms_use_several_rules():
    """More alarms than a rule takes become several rules."""
    many = Account([alarm(f"route-{number}", "high", "high-error-rate") for number in range(101)])
    muting(many)
    assert [len(rule["MuteTargets"]["AlarmNames"]) for rule in many.rules.values()] == [100, 1]


def test_unmute_ends_manual_mutes_only(account, capsys):
    """Unmute ends what was muted by hand and leaves windows."""
    muting(account)
    account.rules["junkos-prod-window-rds-snapshot"] = {"MuteTargets": {"AlarmNames": ["a"]}}
    run(account, "unmute")
    assert set(account.rules) == {"junkos-prod-window-rds-snapshot"}
    assert "1 mute rule removed" in capsys.readouterr().out


def test_muted_says_until_when_and_why(account, capsys):
    muting(account)
    account.rules["junkos-prod-window-rds-snapshot"] = {"Description": "snapshot", "MuteTargets": {"AlarmNames": ["a"]}}
    account.rules["another-teams"] = {"MuteTargets": {"AlarmNames": ["b"]}}
    run(account, "muted", "--names")
    written = capsys.readouterr().out
    rows = [re.split(r"  +", line) for line in written.splitlines()]
    assert any(row[1:3] == ["2", "2026-11-24 21:05 UTC"] and row[3].startswith("deploy 1.4 (") for row in rows)
    assert "junkos-prod-api-errors" in written
    assert any(row[1:4] == ["1", "each time its window comes", "snapshot"] for row in rows)
    assert "another-teams" not in written


def test_firing_alarms_are_sorted(account, capsys):
    """What fires is listed worst first with its age and page."""
    assert run(account, "firing") == ExitCode.WRONG
    heading, *rows = [re.split(r"  +", line) for line in capsys.readouterr().out.splitlines()]
    assert heading == ["level", "alarm", "for", "meaning", "runbook"]
    assert rows[0] == [
        "critical", "junkos-prod-endpoint-api-down", "1 h 15 min", "endpoint-api-down is bad.",
        "docs/runbooks/service-down.md",
    ]  # fmt: skip
    assert rows[1][3].endswith("(part of another alarm)")
    assert rows[2][0] == "medium"


def test_what_fires_as_json(account, capsys):
    assert run(account, "firing", "--json") == ExitCode.WRONG
    found = json.loads(capsys.readouterr().out)["firing"]
    assert [each["level"] for each in found] == ["critical", "high", "medium"]
    assert found[0] == {
        "alarm": "junkos-prod-endpoint-api-down",
        "level": "critical",
        "since": "2026-11-24T19:19:31+00:00",
        "seconds": 4500,
        "meaning": "endpoint-api-down is bad.",
        "runbook": "docs/runbooks/service-down.md",
        "delivers": True,
    }


def test_what_is_muted_as_json(account, capsys):
    muting(account)
    capsys.readouterr()
    assert run(account, "muted", "--json") == 0
    [rule] = json.loads(capsys.readouterr().out)["muted"]
    assert (rule["rule"], rule["status"]) == ("junkos-prod-muted-20261124t203431-1", "active")
    assert rule["ends"] == "2026-11-24T21:05:00+00:00"
    assert rule["alarms"] == ["junkos-prod-api-errors", "junkos-prod-endpoint-api-slow"]


def test_future_start_has_zero_age(account, capsys, monkeypatch):
    """What began after the time of this machine fires for no time."""
    monkeypatch.setattr(firing, "now", lambda: NOW - timedelta(minutes=76))
    run(account, "firing", "--json")
    assert json.loads(capsys.readouterr().out)["firing"][0]["seconds"] == 0


def test_nothing_in_alarm_is_good_news(capsys):
    quiet = [{**it, "StateValue": "OK"} for it in ALARMS]
    assert run(Account(quiet), "firing") == ExitCode.DONE
    assert capsys.readouterr().out == "nothing is in alarm\n"


@pytest.mark.parametrize("alarms", [[], ALARMS[-1:]])
def test_missing_stacks_are_reported(alarms):
    """An account without the stacks is no good news."""
    with pytest.raises(OpsError, match=r"no alarm junkos-prod-\* in this account in us-east-1"):
        run(Account(alarms), "firing")


def test_unknown_level_lists_levels(capsys):
    """An unknown level is sent with those that there are."""
    assert main(["prod", "alerts", "test", "--level", "urgent"]) == ExitCode.USAGE
    written = capsys.readouterr().err
    assert "'urgent' is not one of" in written
    assert all(level in written.partition("one of")[2] for level in Level)


@pytest.mark.parametrize(("good", "code"), [(True, 0), (False, 1)])
def test_test_alert_exit_code_says_arrival(good, code, monkeypatch, capsys):
    """A test alert ends by whether it arrived."""
    report = {"answers": [], "handed_over": [], "lost": [] if good else ["tickets"], "good": good}
    chosen = Chosen("prod")
    chosen.__dict__["account"] = SimpleNamespace(
        invoke=lambda *_, **__: report, environment=SimpleNamespace(on_call=None)
    )
    assert commands.main(["test"], obj=chosen, standalone_mode=False) == code
    assert ("FAILED tickets" in capsys.readouterr().out) is not good


@pytest.mark.parametrize(
    ("taken", "code", "said"),
    [
        (Way.LINK, 0, "paged ana, ben: ben took it after 2 min (by link)"),
        (None, 1, "FAILED page: paged ana, ben, and nobody has taken it yet (ops … incidents show 7)"),
    ],
)
def test_test_alert_says_who_took_it(taken, code, said, monkeypatch, capsys):
    """It pages who is on call, and waits for an answer."""
    opened = now()
    page = Incident(7, Level.HIGH, "a test", opened, opened, (), is_test=True, paged=("ana", "ben"))
    if taken:
        at = opened + timedelta(minutes=2)
        page = replace(page, state=State.CLOSED, first_taken_at=at, taken_by="ben", taken_via=taken)
    monkeypatch.setattr("ops.subjects.alerts.wait_for_answer", lambda *_: page)
    chosen = Chosen("prod")
    report = {"answers": [], "handed_over": [], "lost": [], "good": True}
    chosen.__dict__["account"] = SimpleNamespace(
        invoke=lambda *_, **__: report, environment=SimpleNamespace(on_call="somebody")
    )
    assert commands.main(["test"], obj=chosen, standalone_mode=False) == code
    assert said in capsys.readouterr().out
    assert commands.main(["test", "--level", "low"], obj=chosen, standalone_mode=False) == 0
