"""What an operator sees firing, what a mute covers and what it never covers, and that it always ends."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import boto3
import pytest

from lambdas.vocabulary.levels import Level
from ops.alerts import __main__ as command_line
from ops.alerts import firing, mute, muted, unmute
from ops.alerts.errors import AlertsError

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


def muting(account, *arguments):
    options = command_line._parser().parse_args(["prod", "mute", "--reason", "deploy 1.4", *arguments])
    return options.run(account.client, PROD, options)


def targets(account):
    return {
        name.removeprefix("junkos-prod-")
        for rule in account.rules.values()
        for name in rule["MuteTargets"]["AlarmNames"]
    }


def test_a_deployment_mutes_what_it_disturbs_and_nothing_else(account):
    assert muting(account)
    assert targets(account) == {"api-errors", "endpoint-api-slow"}


def test_a_mute_begins_at_the_next_minute_and_has_an_end(account, capsys):
    muting(account, "--minutes", "45")
    ((name, rule),) = account.rules.items()
    assert name == "junkos-prod-muted-20261124t203431-1"
    assert rule["Rule"]["Schedule"] == {"Expression": "at(2026-11-24T20:35)", "Duration": "PT45M"}
    assert rule["ExpireDate"] == datetime(2026, 11, 24, 21, 20, tzinfo=UTC)
    assert rule["Description"].startswith("deploy 1.4 (")
    assert "2 alarms muted from 20:35 to 21:20 UTC" in capsys.readouterr().out


def test_two_mutes_of_the_same_minute_both_hold(account, monkeypatch):
    muting(account, "--alarms", "api-*")
    monkeypatch.setattr(mute, "now", lambda: NOW + timedelta(seconds=9))
    muting(account, "--alarms", "endpoint-*")
    assert targets(account) == {"api-errors", "endpoint-api-slow"}


def test_a_mute_at_the_end_of_a_minute_begins_with_the_one_after_the_next(account, monkeypatch):
    monkeypatch.setattr(mute, "now", lambda: NOW.replace(second=59))
    muting(account)
    ((_, rule),) = account.rules.items()
    assert rule["Rule"]["Schedule"]["Expression"] == "at(2026-11-24T20:36)"


def test_critical_alarms_are_muted_only_when_that_is_said(account):
    muting(account, "--also-critical")
    assert targets(account) == {"api-errors", "endpoint-api-slow", "endpoint-api-down"}


def test_alarms_may_be_named_and_backups_stay_loud_unless_they_are(account):
    muting(account, "--alarms", "database-backup-*", "recovery-*", "rds-*")
    assert targets(account) == {"database-backup-errors"}


@pytest.mark.parametrize("minutes", ["0", "1441"])
def test_a_mute_without_a_near_end_is_refused(account, minutes):
    with pytest.raises(AlertsError, match=f"--minutes {minutes}: must be between 1 and 1440"):
        muting(account, "--minutes", minutes)
    assert account.rules == {}


@pytest.mark.parametrize("reason", ["", " "])
def test_a_mute_without_a_reason_is_refused(account, reason):
    with pytest.raises(AlertsError, match="--reason is empty: say what is being done"):
        muting(account, "--reason", reason)
    assert account.rules == {}


@pytest.mark.parametrize("pattern", ["typo-*", "endpoint-api-down", "rds-free-memory"])
def test_nothing_to_mute_is_said_and_what_such_a_pattern_may_lack(account, pattern):
    with pytest.raises(AlertsError) as error:
        muting(account, "--alarms", pattern)
    assert str(error.value) == (
        "there is no alarm to mute (does --alarms match a name? a critical one needs --also-critical; "
        "a part is muted by its whole, as api-error-rate by api-failing)"
    )


def test_what_was_said_already_is_no_remedy(account):
    with pytest.raises(AlertsError, match=r"match a name\? a part is muted by its whole"):
        muting(account, "--also-critical", "--alarms", "typo-*")


def test_without_any_alarm_the_stacks_are_asked_after():
    with pytest.raises(AlertsError, match=r"there is no alarm to mute \(are the stacks deployed\?\)"):
        muting(Account([]))


def test_more_alarms_than_a_rule_takes_become_several_rules():
    many = Account([alarm(f"route-{number}", "high", "high-error-rate") for number in range(101)])
    muting(many)
    assert [len(rule["MuteTargets"]["AlarmNames"]) for rule in many.rules.values()] == [100, 1]


def test_unmute_ends_what_was_muted_by_hand_and_leaves_windows(account, capsys):
    muting(account)
    account.rules["junkos-prod-window-rds-snapshot"] = {"MuteTargets": {"AlarmNames": ["a"]}}
    unmute.run(account.client, PROD, SimpleNamespace())
    assert set(account.rules) == {"junkos-prod-window-rds-snapshot"}
    assert "1 mute rule removed" in capsys.readouterr().out


def test_muted_says_until_when_and_why(account, capsys):
    muting(account)
    account.rules["junkos-prod-window-rds-snapshot"] = {"Description": "snapshot", "MuteTargets": {"AlarmNames": ["a"]}}
    account.rules["another-teams"] = {"MuteTargets": {"AlarmNames": ["b"]}}
    muted.run(account.client, PROD, SimpleNamespace(names=True))
    written = capsys.readouterr().out
    assert "2 alarms until 2026-11-24 21:05 UTC: deploy 1.4" in written
    assert "junkos-prod-api-errors" in written
    assert "1 alarm every time its window comes: snapshot" in written
    assert "another-teams" not in written


def test_what_fires_is_listed_worst_first_with_its_age_and_page(account, capsys):
    assert firing.run(account.client, PROD, SimpleNamespace()) is False
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "critical  junkos-prod-endpoint-api-down, for 1 h 15 min"
    assert "endpoint-api-down is bad. → docs/runbooks/service-down.md" in lines[1]
    assert "(part of another alarm)" in lines[2]
    assert lines[4].startswith("medium")


def test_what_began_after_the_time_of_this_machine_fires_for_no_time(account, capsys, monkeypatch):
    monkeypatch.setattr(firing, "now", lambda: NOW - timedelta(minutes=76))
    firing.run(account.client, PROD, SimpleNamespace())
    assert capsys.readouterr().out.startswith("critical  junkos-prod-endpoint-api-down, for 0 s\n")


def test_nothing_in_alarm_is_good_news(capsys):
    quiet = [{**it, "StateValue": "OK"} for it in ALARMS]
    assert firing.run(Account(quiet).client, PROD, SimpleNamespace()) is True
    assert capsys.readouterr().out == "nothing is in alarm\n"


@pytest.mark.parametrize("alarms", [[], ALARMS[-1:]])
def test_an_account_without_the_stacks_is_no_good_news(alarms):
    with pytest.raises(AlertsError, match=r"no alarm junkos-prod-\* in this account in us-east-1"):
        firing.run(Account(alarms).client, PROD, SimpleNamespace())


def test_an_unknown_level_is_told_with_those_that_there_are(capsys):
    with pytest.raises(SystemExit):
        command_line.main(["prod", "test-alert", "--level", "urgent"])
    written = capsys.readouterr().err
    assert "invalid choice: 'urgent'" in written
    assert all(level in written.partition("choose from")[2] for level in Level)


def test_an_unknown_environment_is_one_line(capsys):
    assert command_line.main(["nowhere", "firing"]) == 1
    assert "no such environment" in capsys.readouterr().err
