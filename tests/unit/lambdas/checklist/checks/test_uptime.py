"""Uptime: a prober that stopped, endpoints that say nothing of their database, and people whom nothing reaches."""

import json
from datetime import timedelta
from typing import Any

import pytest

from lambdas.checklist.checks.uptime import CHECKS
from lambdas.vocabulary.checklist import Verdict
from lambdas.vocabulary.endpoints import State
from lambdas.vocabulary.reports import JSON, Kind, folder_of
from lambdas.vocabulary.self_test import Outcome, ProbeName, ProbeResult, SelfTest
from tests.unit.lambdas.checklist.accounts import AT, DENIED, Account, ask, refusal
from tests.unit.lambdas.checklist.alarming import (
    MAIL,
    PEOPLE,
    SUBSCRIBED,
    alarm,
    alarms,
    on_outage,
)
from tests.unit.lambdas.checklist.logged import line, looked
from tests.unit.lambdas.checklist.stored import bucket, endpoint, table

OF = {check.name: check for check in CHECKS}
STATES = "junkos-prod-endpoint-states"
ALARMS = (alarm("prober-silent"), alarm("database-unreachable"), on_outage())
PENDING = {"SubscriptionArn": "PendingConfirmation", "Protocol": "email"}


def self_test(outcome: Outcome) -> dict[str, Any]:
    at = AT - timedelta(days=2)
    found = SelfTest(at, "ana", (ProbeResult(ProbeName.STATUS_PAGE, "Does it answer?", outcome, "200"),))
    return bucket({folder_of(Kind.SELF_TEST, at) + JSON: found.to_json().encode()})


def subscriptions(TopicArn: str) -> dict[str, Any]:  # noqa: N803  (as boto3 names it)
    return {"Subscriptions": [MAIL]} if TopicArn == PEOPLE else SUBSCRIBED


GOOD = Account(
    {
        "cloudwatch.describe_alarms": alarms(*ALARMS),
        "sns.list_subscriptions_by_topic": subscriptions,
        "dynamodb.batch_get_item": table(STATES, endpoint()),
        "logs.filter_log_events": lambda logGroupName, **_: (  # noqa: N803
            looked() if logGroupName.endswith("database-check") else {"events": []}
        ),
        "scheduler.get_schedule": {"State": "ENABLED", "ScheduleExpression": "rate(5 minutes)"},
        "lambda.get_function_configuration": {"Environment": {"Variables": {"BUCKET": "page"}}},
        "s3.head_object": {"LastModified": AT - timedelta(minutes=2)},
        **self_test(Outcome.PASSED),
    }
)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_a_healthy_account_passes(check) -> None:
    answer = ask(check, GOOD)
    assert answer.verdict is Verdict.PASS, answer.text
    assert answer.calls


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_each_answer_of_aws_is_needed(check) -> None:
    """Without any one of them it is unknown or fails, and never passes by what is left."""
    asked = [name for name in GOOD.answers if _is_asked(check, name)]
    assert asked
    for name in asked:
        assert ask(check, GOOD.but(**{name.replace(".", "__"): DENIED})).verdict is Verdict.UNKNOWN, name


def _is_asked(check, name: str) -> bool:
    found = []

    def noted(**asked: Any) -> Any:
        found.append(name)
        written = GOOD.answers[name]
        return written(**asked) if callable(written) else written

    ask(check, GOOD.but(**{name.replace(".", "__"): noted}))
    return bool(found)


FAILING = [
    (
        "endpoints-probed",
        {"dynamodb__batch_get_item": table(STATES, endpoint(ago=1000))},
        "api was not seen in the last 15 min",
    ),
    ("endpoints-probed", {"dynamodb__batch_get_item": table(STATES)}, "api was not seen"),
    ("endpoints-probed", {"cloudwatch__describe_alarms": alarms(on_outage())}, "junkos-prod-prober-silent is missing"),
    (
        "endpoints-probed",
        {"cloudwatch__describe_alarms": alarms(alarm("prober-silent", ActionsEnabled=False), on_outage())},
        "junkos-prod-prober-silent has its actions disabled",
    ),
    (
        "endpoints-probed",
        {"sns__list_subscriptions_by_topic": {"Subscriptions": []}},
        "junkos-prod-alerts-high, to which nobody",
    ),
    ("endpoints-probed", {"sns__list_subscriptions_by_topic": refusal("NotFound")}, "to which nobody is subscribed"),
    ("database-probed", {"logs__filter_log_events": {"events": []}}, "no run in the last 2 h"),
    (
        "database-probed",
        {"logs__filter_log_events": {"events": [line({"message": "refused", "level_of_alert": "critical"})]}},
        "the database was not reached 1 min ago: refused",
    ),
    ("health-endpoint", {"dynamodb__batch_get_item": table(STATES, endpoint(checks=()))}, "no endpoint's body names"),
    ("health-endpoint", {"dynamodb__batch_get_item": table(STATES, endpoint(checks=("redis",)))}, "no endpoint's body"),
    ("health-endpoint", {"dynamodb__batch_get_item": table(STATES, endpoint(state=State.DOWN))}, "api is down"),
    ("health-endpoint", {"dynamodb__batch_get_item": table(STATES, endpoint(state=State.DEGRADED))}, "api is degraded"),
    ("health-endpoint", {"dynamodb__batch_get_item": table(STATES, endpoint(ago=1000))}, "was not seen in the last"),
    ("endpoints-alarmed", {"cloudwatch__describe_alarms": alarms(*ALARMS[:2])}, "1 of 1 endpoint without an alarm"),
    ("endpoints-alarmed", {"dynamodb__batch_get_item": table(STATES, endpoint(state=State.DOWN))}, "api is down"),
    ("probe-interval", {"scheduler__get_schedule": refusal("ResourceNotFoundException")}, "health-check is missing"),
    (
        "probe-interval",
        {"scheduler__get_schedule": {"State": "DISABLED", "ScheduleExpression": "rate(5 minutes)"}},
        "junkos-prod-health-check is DISABLED",
    ),
    (
        "probe-interval",
        {"scheduler__get_schedule": {"State": "ENABLED", "ScheduleExpression": "rate(1 hour)"}},
        "junkos-prod-health-check is rate(1 hour)",
    ),
    ("probe-interval", {"dynamodb__batch_get_item": table(STATES, endpoint(apart=900))}, "last seen 15 min apart"),
    (
        "contacts-confirmed",
        {"sns__list_subscriptions_by_topic": {"Subscriptions": [MAIL, PENDING]}},
        "junkos-prod-people has 1 unconfirmed, the first of email",
    ),
    (
        "contacts-confirmed",
        {"sns__list_subscriptions_by_topic": [{"Subscriptions": [MAIL]}, {"Subscriptions": [PENDING]}]},
        "1 unconfirmed",
    ),
    (
        "contacts-confirmed",
        {"sns__list_subscriptions_by_topic": {"Subscriptions": []}},
        "nobody is subscribed to junkos-prod-people",
    ),
    ("contacts-confirmed", {"sns__list_subscriptions_by_topic": SUBSCRIBED}, "no e-mail address"),
    (
        "contacts-confirmed",
        {"logs__filter_log_events": {"events": [line({"message": "not subscribed"})]}},
        "'not subscribed' in /aws/lambda/junkos-prod-test-alert",
    ),
    ("status-page", {"s3__head_object": {"LastModified": AT - timedelta(hours=3)}}, "the status page is 3 h old"),
    ("status-page", {"s3__head_object": refusal("404")}, "has written no status.json"),
    (
        "status-page",
        {"lambda__get_function_configuration": refusal("ResourceNotFoundException")},
        "status-page is missing",
    ),
    (
        "status-page",
        {key.replace(".", "__"): each for key, each in self_test(Outcome.FAILED).items()},
        "does not answer",
    ),
]


@pytest.mark.parametrize(("name", "changed", "said"), FAILING, ids=[f"{name}: {said}" for name, _, said in FAILING])
def test_what_is_wrong_fails_and_is_named(name: str, changed: dict[str, Any], said: str) -> None:
    answer = ask(OF[name], GOOD.but(**changed))
    assert (answer.verdict, said in answer.text) == (Verdict.FAIL, True), answer.text
    assert answer.remedy


def test_an_endpoint_on_the_second_page_of_alarms_is_found() -> None:
    pages = [alarms(*ALARMS[:2]), alarms(ALARMS[2])]
    assert ask(OF["endpoints-alarmed"], GOOD.but(cloudwatch__describe_alarms=pages)).verdict is Verdict.PASS


def test_a_page_of_alarms_that_fails_is_unknown() -> None:
    pages = [alarms(*ALARMS), DENIED]
    answer = ask(OF["endpoints-alarmed"], GOOD.but(cloudwatch__describe_alarms=pages))
    assert answer.verdict is Verdict.UNKNOWN
    assert "cloudwatch:DescribeAlarms was denied" in answer.text


def test_an_alarm_without_data_for_days_measures_nothing() -> None:
    silent = alarm("prober-silent", StateValue="INSUFFICIENT_DATA")
    answer = ask(OF["endpoints-probed"], GOOD.but(cloudwatch__describe_alarms=alarms(silent, *ALARMS[1:])))
    assert (answer.verdict, "has had no data for 9 d" in answer.text) == (Verdict.FAIL, True)


def test_a_page_that_nobody_asked_for_lately_is_unknown() -> None:
    answer = ask(OF["status-page"], GOOD.but(s3__list_objects_v2={"Contents": []}))
    assert (answer.verdict, "no self-test has asked" in answer.text) == (Verdict.UNKNOWN, True)


@pytest.mark.parametrize(
    ("name", "settings", "verdict"),
    [
        ("endpoints-probed", {"endpoints": 0}, Verdict.FAIL),
        ("health-endpoint", {"endpoints": 0}, Verdict.FAIL),
        ("endpoints-alarmed", {"endpoints": 0}, Verdict.FAIL),
        ("endpoints-alarmed", {"endpoints": 2}, Verdict.FAIL),
        ("probe-interval", {"endpoints": 0}, Verdict.NOT_APPLICABLE),
        ("status-page", {"endpoints": 0}, Verdict.NOT_APPLICABLE),
        ("status-page", {"status_page": False}, Verdict.NOT_APPLICABLE),
        ("contacts-confirmed", {"on_call": False}, Verdict.PASS),
    ],
)
def test_the_environments_file_decides(name: str, settings: dict[str, Any], verdict: Verdict) -> None:
    assert ask(OF[name], GOOD, **settings).verdict is verdict


def test_a_grave_finding_is_no_unreachable_database() -> None:
    grave = line({"message": "ids run out", "level_of_alert": "critical", "judgement": "transaction_ids"}, ago=30)
    events = {"events": [*looked()["events"], grave]}
    assert ask(OF["database-probed"], GOOD.but(logs__filter_log_events=events)).verdict is Verdict.PASS


def test_no_address_is_in_the_evidence() -> None:
    answer = ask(OF["contacts-confirmed"], GOOD)
    assert "@" not in json.dumps([each.value for each in answer.seen])
