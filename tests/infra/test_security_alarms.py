"""Who tries to get in is counted where the lines are, and told from whoever merely mistypes."""

import json
import re

import pytest

from tests.infra.conftest import of_type, resources_of, synthesized
from tests.infra.test_uptime_stack import synthesized_with

PREFIX = "2026-11-24 20:00:00 UTC:10.0.1.17(50312):{user}@junkos:[1234]:"  # RDS's log_line_prefix


def security_alarms(resources):
    alarms = of_type(resources, "AWS::CloudWatch::Alarm").values()
    names = {it["AlarmName"].partition("-security-")[2]: it for it in alarms if "-security-" in it["AlarmName"]}
    return {
        name: it for name, it in names.items() if not name.startswith("finding-")
    }  # of the function security_finding


@pytest.fixture(scope="module")
def prod():
    return resources_of(synthesized("prod"))


@pytest.fixture(scope="module")
def refused_logins(prod):
    (found,) = (
        one for one in of_type(prod, "AWS::Logs::MetricFilter").values() if "failed-logins" in one.get("FilterName", "")
    )
    return found


def counted(pattern, line):
    """Whether a pattern of optional phrases (`?"a" ?"b"`) takes the line."""
    phrases = re.findall(r'\?"([^"]*)"', pattern)
    assert pattern == " ".join(f'?"{phrase}"' for phrase in phrases)
    return any(phrase in line for phrase in phrases)


@pytest.mark.parametrize(
    "line",
    [
        'FATAL:  password authentication failed for user "junkos"',
        'FATAL:  PAM authentication failed for user "junkos_monitor"',
        'FATAL:  no pg_hba.conf entry for host "10.0.1.17", user "junkos", database "junkos", no encryption',
    ],
)
def test_a_login_that_postgresql_refuses_is_counted(refused_logins, line):
    assert counted(refused_logins["FilterPattern"], PREFIX.format(user="junkos") + line)


@pytest.mark.parametrize(
    "line",
    [
        "LOG:  connection authorized: user=junkos_monitor database=junkos application_name=junkos check SSL enabled",
        'LOG:  connection authenticated: identity="junkos_monitor" method=pam (/rdsdbdata/config/pg_hba.conf:12)',
        'DETAIL:  Connection matched file "/rdsdbdata/config/pg_hba.conf" line 13: "host all all all md5"',
        "LOG:  pam_authenticate failed: Permission denied",
        "FATAL:  remaining connection slots are reserved for roles with the SUPERUSER attribute",
        "FATAL:  terminating connection due to administrator command",
    ],
)
def test_only_failed_login_ends_match(refused_logins, line):
    """A login that succeeds a second line of a refusal and other ends are not."""
    assert not counted(refused_logins["FilterPattern"], PREFIX.format(user="junkos_monitor") + line)


def test_login_alarm_watches_the_filter(prod, refused_logins):
    """The alarm on refused logins watches what the filter counts."""
    (transformation,) = refused_logins["MetricTransformations"]
    alarm = security_alarms(prod)["database-failed-logins"]
    assert (alarm["Namespace"], alarm["MetricName"]) == ("JunkOS/prod", "database_failed_logins")
    assert (transformation["MetricNamespace"], transformation["MetricName"]) == (
        "JunkOS/prod",
        "database_failed_logins",
    )
    assert transformation["MetricValue"] == "1"
    assert {"DefaultValue", "Dimensions"} & transformation.keys() == set()  # absent costs nothing
    assert alarm.get("Dimensions", []) == []


def test_named_database_log_is_watched(prod, refused_logins):
    """A created databases log is watched and another ones when it is named."""
    assert refused_logins["LogGroupName"] == "/aws/rds/instance/junkos-prod-database/postgresql"
    groups = {
        name: [
            one["LogGroupName"]
            for one in of_type(resources_of(synthesized(name)), "AWS::Logs::MetricFilter").values()
            if "database-failed-logins" in one.get("FilterName", "")
        ]
        for name in ("staging", "local")
    }
    assert groups == {"staging": ["/aws/rds/instance/junkos-staging/postgresql"], "local": []}


def test_one_bad_minute_is_enough(prod):
    """One bad minute is enough and nothing is no alarm."""
    alarms = security_alarms(prod)
    minute = alarms["failed-logins"]
    assert (minute["Period"], minute["DatapointsToAlarm"], minute["EvaluationPeriods"]) == (60, 1, 5)
    assert (minute["Threshold"], minute["Statistic"]) == (10, "Sum")
    assert {alarm["TreatMissingData"] for alarm in alarms.values()} == {"notBreaching"}
    assert alarms["privilege-change"]["Threshold"] == 0


def test_insight_rules_are_off_by_default(prod):
    """Single addresses and names cost nothing unless asked for."""
    assert of_type(prod, "AWS::CloudWatch::InsightRule") == {}
    assert set(security_alarms(prod)) == {
        "failed-logins",
        "suspicious-requests",
        "privilege-change",
        "database-failed-logins",
    }


@pytest.mark.slow
def test_insight_rules_alarm_on_the_worst(tmp_path):
    """Contributor insights counts each address and name and alarms on the worst."""
    resources = synthesized_with(tmp_path, "\n[security]\ncontributor_insights = true\nfailed_logins_of_one = 7\n")
    rules = {
        one["RuleName"]: json.loads(one["RuleBody"])
        for one in of_type(resources, "AWS::CloudWatch::InsightRule").values()
    }
    assert {name: body["Contribution"]["Keys"] for name, body in rules.items()} == {
        "junkos-prod-failed-logins-by-client": ["$.client"],
        "junkos-prod-failed-logins-by-user": ["$.user"],
    }
    assert {tuple(body["LogGroupNames"]) for body in rules.values()} == {("/junkos/prod/backend",)}
    failed_here = [{"Match": "$.event", "In": ["login_failed"]}, {"Match": "$.environment", "In": ["prod"]}]
    assert [body["Contribution"]["Filters"] for body in rules.values()] == [failed_here, failed_here]
    alarm = security_alarms(resources)["failed-logins-by-client"]
    (query,) = alarm["Metrics"]
    assert query["Expression"] == "INSIGHT_RULE_METRIC('junkos-prod-failed-logins-by-client', 'MaxContributorValue')"
    assert (query["Period"], alarm["Threshold"]) == (300, 7)
