"""What is said of golden signals: measured, alarmed, shown."""

import json
from typing import Any

import pytest

from lambdas.checklist.checks.signals import CHECKS
from lambdas.checklist.checks.signals.dashboard import shown_in
from lambdas.vocabulary.checklist import Verdict
from lambdas.vocabulary.levels import Level
from tests.unit.lambdas.checklist.accounts import Account, ask, refusal
from tests.unit.lambdas.checklist.checks.environment import alarm, composite, measured, page_of, topics

CHECK = {check.name: check for check in CHECKS}


def graph(*names: str) -> dict[str, Any]:
    return {"type": "metric", "properties": {"metrics": [["JunkOS", name, "environment", "prod"] for name in names]}}


def board(*widgets: dict[str, Any]) -> dict[str, Any]:
    return {"DashboardBody": json.dumps({"widgets": [{"type": "text", "properties": {"markdown": "x"}}, *widgets]})}


OF_USERS = ("request_duration", "request_failed", "request_refused")
OF_RDS = ("DatabaseConnections", "FreeableMemory", "CPUUtilization")
GOOD = (
    alarm(
        "api-latency-p95",
        Level.MEDIUM,
        Threshold=1000.0,
        MetricName="request_duration",
        Statistic=None,
        ExtendedStatistic="p95",
    ),
    alarm("api-traffic", Level.MEDIUM, MetricName="request_duration", Statistic="SampleCount"),
    alarm("api-error-rate", Threshold=5.0, AlarmActions=[]),
    composite("api-failing", "api-error-rate"),
    alarm("rds-cpu", Level.MEDIUM, Threshold=80.0),
    alarm("rds-free-memory", Threshold=0.1 * 1.75 * 1024**3, ComparisonOperator="LessThanThreshold"),
    alarm("rds-connections", Threshold=150.0),
    alarm("database-connections", Threshold=80.0),
)
WELL = Account(
    {
        "cloudwatch.describe_alarms": page_of(*GOOD),
        "sns.list_subscriptions_by_topic": topics(),
        "cloudwatch.get_metric_data": measured(lambda *_: 12.0),
        "cloudwatch.get_dashboard": board(graph(*OF_USERS), graph(*OF_RDS)),
        "rds.describe_db_instances": {"DBInstances": [{"DBInstanceClass": "db.t4g.small"}]},
        "logs.describe_query_definitions": {
            "queryDefinitions": [
                {"name": "junkos-prod/latency by route", "logGroupNames": ["/junkos/prod/backend"]},
            ]
        },
    }
)


@pytest.mark.parametrize("name", CHECK)
def test_an_environment_that_is_well_passes(name: str) -> None:
    assert ask(CHECK[name], WELL).verdict is Verdict.PASS, ask(CHECK[name], WELL).text


def changed(thing: str, **fields: Any) -> Account:
    name = f"junkos-prod-{thing}"
    return WELL.but(
        cloudwatch__describe_alarms=page_of(
            *({**each, **fields} if each["AlarmName"] == name else each for each in GOOD)
        )
    )


@pytest.mark.parametrize(
    ("name", "thing", "fields", "said"),
    [
        ("latency-alarmed", "api-latency-p95", {"Threshold": 2000.0}, "above 1000 ms or less"),
        ("latency-alarmed", "api-latency-p95", {"ExtendedStatistic": "p50"}, "p95"),
        ("latency-alarmed", "api-latency-p95", {"MetricName": "TargetResponseTime"}, "above 1000 ms or less"),
        ("traffic-alarmed", "api-traffic", {"ActionsEnabled": False}, "has its actions disabled"),
        ("client-errors-apart", "api-error-rate", {"Threshold": 20.0}, "above 5 % or less"),
        ("cpu-and-memory-alarmed", "rds-free-memory", {"Threshold": 1000.0}, "10 % of what db.t4g.small has"),
        ("cpu-and-memory-alarmed", "rds-cpu", {"Threshold": 99.0}, "above 80 % or less"),
        ("connections-alarmed", "rds-connections", {"StateValue": "INSUFFICIENT_DATA"}, "has had no data"),
    ],
)
def test_alarm_that_is_not_as_the_checklist_says_fails(
    name: str, thing: str, fields: dict[str, Any], said: str
) -> None:
    answer = ask(CHECK[name], changed(thing, **fields))
    assert answer.verdict is Verdict.FAIL
    assert said in answer.text
    assert f"junkos-prod-{thing}" in answer.text


def test_load_balancer_counts_in_seconds() -> None:
    account = changed("api-latency-p95", MetricName="TargetResponseTime", Threshold=1.0)
    assert ask(CHECK["latency-alarmed"], account).verdict is Verdict.PASS
    assert "p95 12,000 ms" in ask(CHECK["latency-measured"], account).text


@pytest.mark.parametrize("name", ["latency-measured", "traffic-alarmed"])
def test_metric_without_data_fails(name: str) -> None:
    answer = ask(CHECK[name], WELL.but(cloudwatch__get_metric_data=measured(lambda *_: None)))
    assert answer.verdict is Verdict.FAIL
    assert "of the last day" in answer.text or "in the last day" in answer.text


@pytest.mark.parametrize(
    ("widgets", "said"),
    [
        ((graph(*OF_USERS),), "does not show connections, memory, CPU"),
        ((graph(*OF_RDS, "request_duration"),), "does not show error rate"),
    ],
)
def test_dashboard_that_lacks_something_fails(widgets: tuple[dict[str, Any], ...], said: str) -> None:
    answer = ask(CHECK["dashboard"], WELL.but(cloudwatch__get_dashboard=board(*widgets)))
    assert answer.verdict is Verdict.FAIL
    assert said in answer.text


def test_dashboard_that_is_gone_fails() -> None:
    answer = ask(CHECK["dashboard"], WELL.but(cloudwatch__get_dashboard=refusal("ResourceNotFound")))
    assert answer.verdict is Verdict.FAIL
    assert "there is no dashboard junkos-prod-overview" in answer.text


def test_database_elsewhere_shows_its_connections_by_the_log_of_its_check() -> None:
    query = {"type": "log", "properties": {"query": "SOURCE 'x' | fields measurements.connections.used"}}
    account = WELL.but(cloudwatch__get_dashboard=board(graph(*OF_USERS), query))
    assert ask(CHECK["dashboard"], account, instance=None).verdict is Verdict.PASS
    assert ask(CHECK["dashboard"], account).verdict is Verdict.FAIL


def test_dots_of_a_dashboard_repeat_the_line_before() -> None:
    body = json.dumps(
        {"widgets": [{"properties": {"metrics": [["A", "one"], [".", ".", {"stat": "p95"}], ["...", {}]]}}]}
    )
    assert shown_in(body) == {"one"}


def test_unreadable_dashboard_is_unknown() -> None:
    answer = ask(CHECK["dashboard"], WELL.but(cloudwatch__get_dashboard={"DashboardBody": "no JSON"}))
    assert answer.verdict is Verdict.UNKNOWN
    assert "the check itself failed" not in answer.text


def test_class_that_is_not_known_is_held_to_its_cpu() -> None:
    account = WELL.but(rds__describe_db_instances={"DBInstances": [{"DBInstanceClass": "db.new.large"}]})
    assert ask(CHECK["cpu-and-memory-alarmed"], account).verdict is Verdict.PASS


def test_database_elsewhere_has_no_machine_to_watch() -> None:
    assert ask(CHECK["cpu-and-memory-alarmed"], WELL, instance=None).verdict is Verdict.NOT_APPLICABLE
    assert ask(CHECK["connections-alarmed"], WELL, instance=None).verdict is Verdict.PASS
