"""What is said of security: events of the API, GuardDuty, acts in the account."""

from typing import Any

import pytest

from lambdas.checklist.checks.security import CHECKS
from lambdas.checklist.checks.security.rules import MAY_BE_ABSENT
from lambdas.vocabulary.account_changes import AccountChange
from lambdas.vocabulary.checklist import Verdict
from lambdas.vocabulary.levels import Level
from tests.unit.lambdas.checklist.accounts import DENIED, Account, ask, refusal
from tests.unit.lambdas.checklist.checks.environment import alarm, measured, page_of, topics

CHECK = {check.name: check for check in CHECKS}
RULES = [f"junkos-prod-account-{change}-1" for change in AccountChange if change not in MAY_BE_ABSENT]


def rules(*names: str, state: str = "ENABLED") -> dict[str, Any]:
    return {"Rules": [{"Name": name, "State": state} for name in names]}


def filters(*metrics: str) -> dict[str, Any]:
    return {"metricFilters": [{"metricTransformations": [{"metricName": metric}]} for metric in metrics]}


ALARMS = (
    alarm("security-failed-logins", MetricName="failed_logins"),
    alarm("security-suspicious-requests", Level.MEDIUM, MetricName="suspicious_requests"),
)
WELL = Account(
    {
        "guardduty.list_detectors": {"DetectorIds": ["d1"]},
        "guardduty.get_detector": {"Status": "ENABLED"},
        "guardduty.list_findings": {"FindingIds": []},
        "events.list_rules": [rules(*RULES[:5]), rules(*RULES[5:], "junkos-prod-guardduty-finding")],
        "cloudtrail.describe_trails": {"trailList": [{"Name": "all", "TrailARN": "arn:trail"}]},
        "cloudtrail.get_trail_status": {"IsLogging": True},
        "cloudwatch.describe_alarms": page_of(*ALARMS),
        "cloudwatch.get_metric_data": measured(lambda metric, *_: 3.0 if metric == "failed_logins" else None),
        "sns.list_subscriptions_by_topic": topics(),
        "logs.describe_metric_filters": [filters("failed_logins"), filters("suspicious_requests")],
    }
)


@pytest.mark.parametrize("name", CHECK)
def test_an_environment_that_is_well_passes(name: str) -> None:
    answer = ask(CHECK[name], WELL)
    assert answer.verdict is Verdict.PASS, answer.text


@pytest.mark.parametrize(
    ("name", "changes", "said"),
    [
        ("guardduty", {"guardduty__get_detector": {"Status": "DISABLED"}}, "GuardDuty's detector d1 is DISABLED"),
        ("guardduty", {"guardduty__list_detectors": {"DetectorIds": []}}, "no detector"),
        ("guardduty-findings-notified", {"events__list_rules": rules(*RULES)}, "no rule junkos-prod-guardduty-finding"),
        (
            "guardduty-findings-notified",
            {"events__list_rules": rules("junkos-prod-guardduty-finding", state="DISABLED")},
            "rule junkos-prod-guardduty-finding is DISABLED",
        ),
        (
            "guardduty-findings-handled",
            {
                "guardduty__list_findings": [{"FindingIds": ["f1"]}, {"FindingIds": ["f2"]}],
                "guardduty__get_findings": {"Findings": [{"Id": "f1", "Severity": 8.0, "Type": "Backdoor:EC2/C2"}]},
            },
            "2 findings open: severity 8: Backdoor:EC2/C2",
        ),
        ("account-changes-watched", {"events__list_rules": rules(*RULES[1:])}, f"there is no rule {RULES[0]}"),
        (
            "account-changes-watched",
            {"events__list_rules": [rules(*RULES), rules("junkos-prod-account-root-used-2", state="DISABLED")]},
            "rule junkos-prod-account-root-used-2 is DISABLED",
        ),
        ("trail-is-logging", {"cloudtrail__describe_trails": {"trailList": []}}, "no trail of CloudTrail"),
        ("trail-is-logging", {"cloudtrail__get_trail_status": {"IsLogging": False}}, "no trail is logging: all"),
        ("security-events-counted", {"logs__describe_metric_filters": filters("failed_logins")}, "suspicious_requests"),
        (
            "security-events-counted",
            {"logs__describe_metric_filters": refusal("ResourceNotFoundException")},
            "/junkos/prod/backend has no metric filter",
        ),
        (
            "security-events-alarmed",
            {"cloudwatch__describe_alarms": page_of(ALARMS[0])},
            "junkos-prod-security-suspicious-requests is missing",
        ),
        ("security-events-seen", {"cloudwatch__describe_alarms": page_of()}, "junkos-prod-security-failed-logins"),
    ],
)
def test_what_is_missing_fails_and_is_named(name: str, changes: dict[str, Any], said: str) -> None:
    answer = ask(CHECK[name], WELL.but(**changes))
    assert answer.verdict is Verdict.FAIL
    assert said in answer.text


def test_no_event_in_a_month_is_neither_pass_nor_fail() -> None:
    answer = ask(CHECK["security-events-seen"], WELL.but(cloudwatch__get_metric_data=measured(lambda *_: None)))
    assert answer.verdict is Verdict.UNKNOWN
    assert "nobody tried, or the API does not log them" in answer.text


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("guardduty", {"guardduty__list_detectors": [{"DetectorIds": ["d1"]}, DENIED]}),
        ("guardduty-findings-handled", {"guardduty__list_findings": [{"FindingIds": []}, DENIED]}),
        ("account-changes-watched", {"events__list_rules": [rules(*RULES), DENIED]}),
        ("trail-is-logging", {"cloudtrail__get_trail_status": DENIED}),
        ("guardduty", {"guardduty__list_detectors": refusal("SubscriptionRequiredException")}),
    ],
)
def test_what_is_half_read_is_unknown(name: str, changes: dict[str, Any]) -> None:
    assert ask(CHECK[name], WELL.but(**changes)).verdict is Verdict.UNKNOWN


def test_detector_on_the_second_page_is_found() -> None:
    pages = [{"DetectorIds": []}, {"DetectorIds": ["d1"]}]
    assert ask(CHECK["guardduty"], WELL.but(guardduty__list_detectors=pages)).verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("name", "setting"),
    [
        ("guardduty", "guardduty"),
        ("guardduty-findings-handled", "guardduty"),
        ("guardduty-findings-notified", "guardduty"),
        ("account-changes-watched", "account_changes"),
        ("trail-is-logging", "account_changes"),
    ],
)
def test_what_is_not_wanted_is_not_applicable(name: str, setting: str) -> None:
    assert ask(CHECK[name], Account(), **{setting: False}).verdict is Verdict.NOT_APPLICABLE
