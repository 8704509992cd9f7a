"""What is said of alerts: the last test, topics, ways, thresholds, reminders."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from lambdas.checklist.checks.alerts import CHECKS
from lambdas.vocabulary.checklist import Verdict
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import DISPATCH, TEST_ALERT, Change, Notice
from tests.unit.lambdas.checklist.accounts import AT, DENIED, Account, ask
from tests.unit.lambdas.checklist.checks.environment import (
    CHAT,
    PAGER,
    TOPIC,
    alarm,
    alert_tester,
    composite,
    deployed,
    incident,
    measured,
    notify,
    page_of,
    subscription,
    topics,
)

CHECK = {check.name: check for check in CHECKS}
MAIL, TEXT = subscription("email"), subscription("sms")
WAITS = subscription("email", arn="PendingConfirmation")
GOOD = (
    alarm("endpoint-api-down", Level.CRITICAL, EvaluationPeriods=2, ComparisonOperator="LessThanThreshold"),
    alarm("endpoint-api-slow", Level.MEDIUM, Threshold=3000.0, EvaluationPeriods=2),
    alarm("api-errors-critical", Level.CRITICAL, Threshold=50.0, Period=60, EvaluationPeriods=2),
    alarm("api-error-rate", Threshold=5.0, AlarmActions=[]),
    composite("api-failing", "api-error-rate"),
    alarm("rds-cpu", Level.MEDIUM, Threshold=80.0),
    alarm("rds-free-storage-critical", Level.CRITICAL, Threshold=2e9, ComparisonOperator="LessThanThreshold"),
)
WELL = Account(
    {
        "cloudwatch.describe_alarms": page_of(*GOOD),
        "cloudwatch.get_metric_data": measured(lambda metric, *_: 1.0 if metric == "Invocations" else None),
        "sns.list_subscriptions_by_topic": topics(people=[MAIL, WAITS], pages=[MAIL, TEXT]),
        "lambda.get_function_configuration": deployed(
            notify=notify(CHAT, PAGER), test_alert=alert_tester("chat", "pager", "sns"), incident=incident()
        ),
    }
)


def query(outcomes: dict[str, str], at: datetime = AT - timedelta(days=3)) -> Callable[..., dict[str, Any]]:
    """The table of notices: a test alert, and how its deliveries ended."""
    notice = Notice(f"{TEST_ALERT}prod/1", Level.CRITICAL, Change.RAISED, "Test", at)

    def answer(**asked: Any) -> dict[str, Any]:
        values = {name: value["S"] for name, value in asked["ExpressionAttributeValues"].items()}
        if values[":record"] == "notice":
            is_new = at.isoformat(timespec="milliseconds") >= values[":since"]
            return {"Items": [{"notice": {"S": notice.to_json()}, DISPATCH: {"S": "d1"}}] if is_new else []}
        return {"Items": [{"id": {"S": name}, "outcome": {"S": outcome}} for name, outcome in outcomes.items()]}

    return answer


ALL = {"chat": "delivered", "pager": "delivered", "sns": "delivered"}


@pytest.mark.parametrize(
    ("answer", "verdict", "said"),
    [
        (query(ALL), Verdict.PASS, "3 d ago"),
        (query({**ALL, "pager": "refused"}), Verdict.FAIL, "pager (refused)"),
        (query({"chat": "delivered"}), Verdict.FAIL, "pager (no answer)"),
        (query(ALL, AT - timedelta(days=36)), Verdict.FAIL, "in the last 35 days"),
        (DENIED, Verdict.UNKNOWN, "dynamodb:Query was denied"),
    ],
)
def test_the_last_test_alert(answer: Any, verdict: Verdict, said: str) -> None:
    found = ask(CHECK["test-alert-delivered"], WELL.but(dynamodb__query=answer))
    assert found.verdict is verdict
    assert said in found.text


@pytest.mark.parametrize("name", [name for name in CHECK if name != "test-alert-delivered"])
def test_an_environment_that_is_well_passes(name: str) -> None:
    assert ask(CHECK[name], WELL).verdict is Verdict.PASS, ask(CHECK[name], WELL).text


def subscribed(**by_name: Any) -> Account:
    return WELL.but(sns__list_subscriptions_by_topic=topics(**by_name))


def told(**settings: Any) -> Account:
    return WELL.but(lambda__get_function_configuration=deployed(**settings))


@pytest.mark.parametrize(
    ("name", "account", "said"),
    [
        ("level-topics", subscribed(alerts_high=[MAIL]), "junkos-prod-alerts-high does not reach"),
        ("level-topics", subscribed(alerts_low=[]), "nobody hears of low alarms"),
        ("mail-always", subscribed(people=[WAITS, TEXT]), "no e-mail address is confirmed at junkos-prod-people"),
        ("mail-always", subscribed(), "junkos-prod-people"),
        ("team-chat", told(notify=notify(PAGER)), "junkos-prod-notify has no channel of a chat"),
        ("team-chat", told(), "no channel of a chat"),
        ("down-again", told(incident=incident(remind_critical=timedelta(hours=1))), "every 1 h"),
        ("slow-again", told(incident=incident(remind_medium=timedelta(0))), "never"),
        ("slow-again", told(incident=incident(remind_medium=timedelta(hours=3))), "every 3 h"),
        ("down-again", told(), "junkos-prod-incident is not there"),
    ],
)
def test_what_is_missing_fails_and_is_named(name: str, account: Account, said: str) -> None:
    answer = ask(CHECK[name], account)
    assert answer.verdict is Verdict.FAIL
    assert said in answer.text


def test_chat_of_amazon_q_counts() -> None:
    account = told(notify=notify()).but(
        sns__list_subscriptions_by_topic=topics(alerts_high=[subscription("https", "https://q")])
    )
    assert ask(CHECK["team-chat"], account).verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("on_call", "pages", "verdict"),
    [(True, [TEXT], Verdict.PASS), (True, [MAIL], Verdict.FAIL), (False, [TEXT], Verdict.FAIL)],
)
def test_pager_without_pagerduty(on_call: bool, pages: list[dict[str, str]], verdict: Verdict) -> None:
    account = told(notify=notify(CHAT)).but(sns__list_subscriptions_by_topic=topics(people=[MAIL], pages=pages))
    assert ask(CHECK["pager-for-critical"], account, on_call=on_call).verdict is verdict


def changed(thing: str, **fields: Any) -> Account:
    name = f"junkos-prod-{thing}"
    alarms = [{**each, **fields} if each["AlarmName"] == name else each for each in GOOD]
    return WELL.but(cloudwatch__describe_alarms=page_of(*alarms))


OF_ALARM = {
    "down-after-two": "endpoint-api-down",
    "slow-above-three-seconds": "endpoint-api-slow",
    "error-rates-alarmed": "api-errors-critical",
    "cpu-and-free-storage-alarmed": "rds-free-storage-critical",
}


@pytest.mark.parametrize(("name", "thing"), OF_ALARM.items())
@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"ActionsEnabled": False}, "has its actions disabled"),
        ({"AlarmActions": []}, "notifies nobody"),
        ({"StateValue": "INSUFFICIENT_DATA"}, "has had no data for"),
    ],
)
def test_alarm_that_watches_nothing_fails(name: str, thing: str, fields: dict[str, Any], said: str) -> None:
    answer = ask(CHECK[name], changed(thing, **fields))
    assert answer.verdict is Verdict.FAIL
    assert f"junkos-prod-{thing}" in answer.text
    assert said in answer.text


@pytest.mark.parametrize(("name", "thing"), OF_ALARM.items())
def test_alarm_that_is_gone_fails(name: str, thing: str) -> None:
    rest = [each for each in GOOD if each["AlarmName"] != f"junkos-prod-{thing}"]
    answer = ask(CHECK[name], WELL.but(cloudwatch__describe_alarms=page_of(*rest)))
    assert answer.verdict is Verdict.FAIL
    assert "junkos-prod-" in answer.text


@pytest.mark.parametrize(
    ("name", "thing", "fields", "said"),
    [
        ("down-after-two", "endpoint-api-down", {"EvaluationPeriods": 3}, "after 2 failed probes"),
        ("slow-above-three-seconds", "endpoint-api-slow", {"Threshold": 5000.0}, "above 3000 ms or less"),
        ("error-rates-alarmed", "api-errors-critical", {"Threshold": 100.0}, "above 50 a minute or less"),
        ("error-rates-alarmed", "api-errors-critical", {"Period": 3600}, "within 2 min"),
        ("error-rates-alarmed", "api-error-rate", {"Threshold": 10.0}, "above 5 % or less"),
        ("cpu-and-free-storage-alarmed", "rds-cpu", {"Threshold": 95.0}, "above 80 % or less"),
        ("cpu-and-free-storage-alarmed", "rds-free-storage-critical", {"Threshold": 1e9}, "or more"),
        (
            "cpu-and-free-storage-alarmed",
            "rds-cpu",
            {"ComparisonOperator": "LessThanThreshold"},
            "junkos-prod-rds-cpu must",
        ),
    ],
)
def test_threshold_beyond_the_checklist_fails(name: str, thing: str, fields: dict[str, Any], said: str) -> None:
    answer = ask(CHECK[name], changed(thing, **fields))
    assert answer.verdict is Verdict.FAIL
    assert said in answer.text


def test_part_of_a_composite_that_is_gone_notifies_nobody() -> None:
    rest = [each for each in GOOD if "AlarmRule" not in each]
    answer = ask(CHECK["error-rates-alarmed"], WELL.but(cloudwatch__describe_alarms=page_of(*rest)))
    assert answer.verdict is Verdict.FAIL
    assert "junkos-prod-api-error-rate notifies nobody" in answer.text


def test_alarm_of_the_second_page_is_found_and_a_broken_page_is_unknown() -> None:
    pages = [page_of(*GOOD[:2]), page_of(*GOOD[2:])]
    assert ask(CHECK["error-rates-alarmed"], WELL.but(cloudwatch__describe_alarms=pages)).verdict is Verdict.PASS
    broken = [page_of(*GOOD), DENIED]
    assert ask(CHECK["error-rates-alarmed"], WELL.but(cloudwatch__describe_alarms=broken)).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("ill", "said"),
    [
        (alarm("own", Level.HIGH, AlarmActions=[f"{TOPIC}alerts-low"]), "is high and notifies junkos-prod-alerts-low"),
        (alarm("own", AlarmDescription="by hand"), "junkos-prod-own has no level"),
    ],
)
def test_alarm_of_no_level_or_of_another_topic_fails(ill: dict[str, Any], said: str) -> None:
    answer = ask(CHECK["alarm-levels"], WELL.but(cloudwatch__describe_alarms=page_of(*GOOD, ill)))
    assert answer.verdict is Verdict.FAIL
    assert said in answer.text


def test_alarm_of_an_environment_whose_name_begins_alike_is_not_ours() -> None:
    other = alarm("eu-rds-cpu", AlarmActions=[f"{TOPIC}eu-alerts-high"])
    answer = ask(CHECK["alarm-levels"], WELL.but(cloudwatch__describe_alarms=page_of(*GOOD, other)))
    assert answer.verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("name", "settings"),
    [("cpu-and-free-storage-alarmed", {"instance": None}), ("down-after-two", {"endpoints": 0})],
)
def test_what_is_not_there_is_not_applicable(name: str, settings: dict[str, Any]) -> None:
    assert ask(CHECK[name], WELL, **settings).verdict is Verdict.NOT_APPLICABLE


def test_reminders_of_pagerduty_are_its_own() -> None:
    assert ask(CHECK["down-again"], told(incident=incident(steps=()))).verdict is Verdict.NOT_APPLICABLE


@pytest.mark.parametrize("name", ["down-again", "slow-again"])
def test_nobody_on_call_is_not_reminded(name: str) -> None:
    answer = ask(CHECK[name], WELL, on_call=False)
    assert answer.verdict is Verdict.FAIL
    assert "nobody is on call" in answer.text


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (lambda *_: None, "junkos-prod-error-digest did not run"),
        (lambda *_: 1.0, "junkos-prod-error-digest ended with an error"),
    ],
)
def test_new_kinds_are_not_noticed_by_a_function_that_does_not_run(values: Any, said: str) -> None:
    answer = ask(CHECK["new-errors-notified"], WELL.but(cloudwatch__get_metric_data=measured(values)))
    assert answer.verdict is Verdict.FAIL
    assert said in answer.text


def test_metric_that_could_not_be_read_is_unknown() -> None:
    half = {"MetricDataResults": [{"Id": "series0", "StatusCode": "InternalError", "Timestamps": [], "Values": []}]}
    answer = ask(CHECK["new-errors-notified"], WELL.but(cloudwatch__get_metric_data=half))
    assert answer.verdict is Verdict.UNKNOWN
