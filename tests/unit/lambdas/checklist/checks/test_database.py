"""Database: backups that are not made, kept or proven, and what runs out without anybody being notified."""

from datetime import date, timedelta
from typing import Any

import pytest

from lambdas.checklist.checks.database import CHECKS
from lambdas.vocabulary.backups import Acceptance
from lambdas.vocabulary.backups import Verdict as Proof
from lambdas.vocabulary.checklist import Verdict
from lambdas.vocabulary.drills import Kind
from tests.unit.lambdas.checklist.accounts import AT, DENIED, Account, ask, refusal
from tests.unit.lambdas.checklist.alarming import SUBSCRIBED, alarm, alarms, composite, part
from tests.unit.lambdas.checklist.logged import SHOP, line, looked
from tests.unit.lambdas.checklist.proofs import backup, drill
from tests.unit.lambdas.checklist.stored import Objects, bucket

OF = {check.name: check for check in CHECKS}
INSTANCE = {
    "BackupRetentionPeriod": 7,
    "LatestRestorableTime": AT - timedelta(minutes=4),
    "AllocatedStorage": 20,
    "DBParameterGroups": [{"DBParameterGroupName": "shop", "ParameterApplyStatus": "in-sync"}],
    "EnabledCloudwatchLogsExports": ["postgresql", "upgrade"],
}
FOURTH = 4 * 1024**3
STORAGE = (part("rds-free-storage", Threshold=FOURTH), alarm("rds-free-storage-critical", Threshold=2e9))
COPIES = (alarm("recovery-copied-backup-age"), alarm("recovery-copy-faults"))
CONNECTIONS = part("rds-connections", Threshold=80.0)
SATURATED = composite("rds-saturated", ["rds-free-storage", "rds-connections"])
TWO_PAGES = [alarms(*STORAGE), alarms(composites=[SATURATED])]


def rule(tag: str, days: int, status: str = "Enabled") -> dict[str, Any]:
    return {"Status": status, "Filter": {"Tag": {"Key": "retention", "Value": tag}}, "Expiration": {"Days": days}}


def rules(*given: dict[str, Any]) -> dict[str, Any]:
    return {"s3__get_bucket_lifecycle_configuration": {"Rules": list(given)}}


NO_RULES = {"s3__get_bucket_lifecycle_configuration": refusal("NoSuchLifecycleConfiguration")}
RULES = (rule("uncommitted", 1), rule("daily", 30), rule("weekly", 84), rule("monthly", 365))


def parameter(value: str) -> dict[str, Any]:
    return {"Parameters": [{"ParameterName": "log_min_duration_statement", "ParameterValue": value}]}


def instance(**of: Any) -> dict[str, Any]:
    return {"rds__describe_db_instances": {"DBInstances": [{**INSTANCE, **of}]}}


def held(*objects: Objects) -> dict[str, Any]:
    together = {key: body for each in objects for key, body in each.items()}
    return {name.replace(".", "__"): each for name, each in bucket(together).items()}


def peak(value: float) -> dict[str, Any]:
    return {"cloudwatch__get_metric_statistics": {"Datapoints": [{"Maximum": 3.0}, {"Maximum": value}]}}


RESTORED = drill(kind=Kind.POINT_IN_TIME)
GOOD = Account(
    {
        "rds.describe_db_parameters": parameter("1000"),
        "rds.describe_db_proxies": {"DBProxies": []},
        "logs.filter_log_events": looked(),
        "logs.describe_log_streams": {"logStreams": [{"lastIngestionTime": (AT.timestamp() - 300) * 1000}]},
        "sns.list_subscriptions_by_topic": SUBSCRIBED,
        "cloudwatch.describe_alarms": alarms(*STORAGE, *COPIES, CONNECTIONS, composites=[SATURATED]),
    }
).but(**instance(), **rules(*RULES), **held(backup(), drill(), RESTORED), **peak(40))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_a_healthy_account_passes(check) -> None:
    answer = ask(check, GOOD)
    assert answer.verdict is Verdict.PASS, answer.text
    assert answer.calls


OVER = (Acceptance("extension postgis", "2026-11-27", "no server of it"),)
HOLDS = (Acceptance("extension postgis", "2026-11-28", "no server of it"),)
FAILING = [
    ("backups-daily", held(backup(hours=27)), "the newest backup of junkos is 27 h old"),
    ("backups-daily", held(), "backups-123456789012-us-east-1 has no backup of junkos"),
    ("rds-backups", instance(BackupRetentionPeriod=0), "junkos-prod-database keeps automatic backups 0 days"),
    ("rds-backups", instance(LatestRestorableTime=None), "cannot be restored to any moment"),
    ("rds-backups", instance(LatestRestorableTime=AT - timedelta(hours=3)), "can be restored to 3 h ago at best"),
    ("rds-backups", {"rds__describe_db_instances": refusal("DBInstanceNotFound")}, "junkos-prod-database is not there"),
    (
        "backup-retention",
        {"s3__get_bucket_lifecycle_configuration": refusal("NoSuchLifecycleConfiguration")},
        "no lifecycle",
    ),
    (
        "backup-retention",
        rules(*RULES[1:]),
        "retention=uncommitted",
    ),
    (
        "backup-retention",
        rules(*RULES[2:], RULES[0], rule("daily", 30, "Disabled")),
        "no lifecycle rule for what is tagged retention=daily",
    ),
    (
        "backup-retention",
        rules(*RULES[2:], RULES[0], rule("daily", 3)),
        "keeps daily backups 3 days",
    ),
    (
        "backup-retention",
        rules({"Status": "Enabled", "Expiration": {"Days": 30}}),
        "expires its newest proven backup after 30 days",
    ),
    ("backup-retention", rules(*RULES[2:], RULES[0], rule("daily", 90)), "keeps daily backups 90 days"),
    ("rds-retention", instance(BackupRetentionPeriod=1), "junkos-prod-database keeps automatic backups 1 days"),
    ("restore-proven", held(backup(verdict=None)), "no backup of junkos was ever restored"),
    ("restore-proven", held(backup(verdict=Proof.FAILED)), "says failed (row counts: orders: 3 of 4)"),
    ("restore-proven", held(backup(hours=70)), "proved a backup of junkos is 2 d 21 h ago"),
    (
        "restore-proven",
        held(backup(verdict=Proof.PROVEN_BUT_FOR, accepted=OVER)),
        "the exception for extension postgis ended on 2026-11-27",
    ),
    ("restore-drilled", held(drill(days=36)), "no drill of junkos in the last 35 d"),
    ("restore-drilled", held(drill(proven=False)), "says failed: row counts: orders: 3 of 4"),
    ("restore-drilled", held(drill(seconds=4000)), "took 1 h 6 min, more than 1 h"),
    ("point-in-time-drilled", held(drill()), "no point-in-time drill of junkos in the last 35 d"),
    (
        "point-in-time-drilled",
        held(drill(), drill(proven=False, kind=Kind.POINT_IN_TIME)),
        "says failed: row counts: orders: 3 of 4",
    ),
    ("restore-drilled", held(RESTORED), "no drill of junkos in the last 35 d"),
    ("connection-pooling", peak(77), "81.1 % of the 95 connections were in use at the peak"),
    (
        "connection-pooling",
        {"logs__filter_log_events": looked(sessions=[{**SHOP, "sessions": 60, "idle": 50}])},
        "50 of 95 are idle, the most of shop at 10.0.1.5",
    ),
    ("slow-query-log", {"rds__describe_db_parameters": parameter("-1")}, "log_min_duration_statement of shop is -1"),
    (
        "slow-query-log",
        {"rds__describe_db_parameters": {"Parameters": []}},
        "log_min_duration_statement of shop is None",
    ),
    ("slow-query-log", instance(DBParameterGroups=[]), "junkos-prod-database has no parameter group"),
    ("slow-query-log", instance(EnabledCloudwatchLogsExports=[]), "junkos-prod-database does not export its log"),
    ("slow-query-log", {"logs__describe_log_streams": refusal("ResourceNotFoundException")}, "/postgresql has no line"),
    (
        "slow-query-log",
        {"logs__describe_log_streams": {"logStreams": [{"lastIngestionTime": (AT.timestamp() - 100000) * 1000}]}},
        "the last line of /aws/rds/instance/junkos-prod-database/postgresql came 27 h ago",
    ),
    (
        "slow-statements",
        {"logs__filter_log_events": looked(slow_statements=None, absent={"slow_statements": "no pg_stat_statements"})},
        "slow statements are not measured: no pg_stat_statements",
    ),
    ("storage-alarm", instance(AllocatedStorage=40), "junkos-prod-rds-free-storage fires below 4.29 GB free"),
    (
        "storage-alarm",
        {"cloudwatch__describe_alarms": alarms(STORAGE[0], composites=[SATURATED])},
        "junkos-prod-rds-free-storage-critical is missing",
    ),
    (
        "storage-alarm",
        {"cloudwatch__describe_alarms": alarms(*STORAGE)},
        "junkos-prod-rds-free-storage notifies nobody",
    ),
    (
        "connections-alarm",
        {"cloudwatch__describe_alarms": alarms({**CONNECTIONS, "Threshold": 95.0}, composites=[SATURATED])},
        "junkos-prod-rds-connections fires above 95, and 80 % is 80",
    ),
    (
        "connections-alarm",
        {"cloudwatch__describe_alarms": alarms(CONNECTIONS, composites=[{**SATURATED, "ActionsEnabled": False}])},
        "junkos-prod-rds-connections notifies nobody",
    ),
]


@pytest.mark.parametrize(("name", "changed", "said"), FAILING, ids=[f"{name}: {said}" for name, _, said in FAILING])
def test_what_is_wrong_fails_and_is_named(name: str, changed: dict[str, Any], said: str) -> None:
    answer = ask(OF[name], GOOD.but(**changed))
    assert (answer.verdict, said in answer.text) == (Verdict.FAIL, True), answer.text
    assert answer.remedy


def test_a_restore_of_yesterday_counts_while_todays_failed() -> None:
    """That it failed is alarmed by itself; whether data can be brought back is another question."""
    answer = ask(OF["restore-proven"], GOOD.but(**held(backup(verdict=Proof.FAILED), backup(hours=28))))
    assert answer.verdict is Verdict.PASS


def test_an_exception_that_holds_is_said() -> None:
    answer = ask(OF["restore-proven"], GOOD.but(**held(backup(verdict=Proof.PROVEN_BUT_FOR, accepted=HOLDS))))
    assert (answer.verdict, "extension postgis (until 2026-11-28" in answer.text) == (Verdict.PASS, True)


@pytest.mark.parametrize(
    ("name", "changed", "verdict"),
    [
        ("slow-query-log", {"rds__describe_db_parameters": [{"Parameters": []}, parameter("500")]}, Verdict.PASS),
        ("slow-query-log", {"rds__describe_db_parameters": [parameter("500"), DENIED]}, Verdict.UNKNOWN),
        ("backups-daily", {"s3__list_objects_v2": [{"Contents": []}, DENIED]}, Verdict.UNKNOWN),
        (
            "storage-alarm",
            {"cloudwatch__describe_alarms": [alarms(*STORAGE), alarms(composites=[SATURATED])]},
            Verdict.PASS,
        ),
        ("connection-pooling", {"rds__describe_db_proxies": DENIED}, Verdict.UNKNOWN),
        ("connection-pooling", {"cloudwatch__get_metric_statistics": refusal("OptInRequired")}, Verdict.UNKNOWN),
    ],
)
def test_pages_are_read_whole_or_not_at_all(name: str, changed: dict[str, Any], verdict: Verdict) -> None:
    assert ask(OF[name], GOOD.but(**changed)).verdict is verdict


PROXY = {
    "rds__describe_db_proxies": [{"DBProxies": [{"DBProxyName": "other"}]}, {"DBProxies": [{"DBProxyName": "pool"}]}],
    "rds__describe_db_proxy_targets": lambda DBProxyName: {  # noqa: N803  (as boto3 names it)
        "Targets": [{"RdsResourceId": "junkos-prod-database"}] if DBProxyName == "pool" else []
    },
}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "shop at 10.0.1.5 keeps 4 idle sessions; the peak was 42.1 %"),
        ({"logs__filter_log_events": looked(pooled=True, sessions=[])}, "a connection pooler answers"),
        ({"logs__filter_log_events": looked(sessions=[]), **PROXY}, "the RDS Proxy pool leads to junkos-prod-database"),
    ],
)
def test_pools_are_recognised(changed: dict[str, Any], said: str) -> None:
    answer = ask(OF["connection-pooling"], GOOD.but(**changed))
    assert (answer.verdict, said in answer.text) == (Verdict.PASS, True), answer.text


@pytest.mark.parametrize(
    "found",
    [
        looked(sessions=[]),
        looked(sessions=[{**SHOP, "idle": 0}]),
        looked(sessions=None),
        {"events": []},
        {"events": [line({"message": "refused", "level_of_alert": "critical"})]},
    ],
    ids=["no session", "no idle session", "not counted", "no run", "not reached"],
)
def test_what_shows_no_pool_is_unknown(found: dict[str, Any]) -> None:
    assert ask(OF["connection-pooling"], GOOD.but(logs__filter_log_events=found)).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("name", ["rds-backups", "rds-retention", "slow-query-log", "storage-alarm"])
def test_an_instance_that_is_gone_fails(name: str) -> None:
    answer = ask(OF[name], GOOD.but(rds__describe_db_instances=refusal("DBInstanceNotFound")))
    assert (answer.verdict, answer.text) == (Verdict.FAIL, "the instance junkos-prod-database is not there")


def test_statements_of_a_database_that_was_not_reached_are_unknown() -> None:
    assert ask(OF["slow-statements"], GOOD.but(logs__filter_log_events={"events": []})).verdict is Verdict.UNKNOWN


def test_connections_that_were_not_counted_are_unknown() -> None:
    assert ask(OF["connections-alarm"], GOOD.but(logs__filter_log_events={"events": []})).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("name", ["rds-backups", "rds-retention", "slow-query-log", "storage-alarm"])
def test_a_database_elsewhere_has_no_instance(name: str) -> None:
    answer = ask(OF[name], GOOD, instance=None)
    assert (answer.verdict, answer.text) == (Verdict.NOT_APPLICABLE, "the database is not an instance of RDS")


@pytest.mark.parametrize(("threshold", "verdict"), [(80.0, Verdict.PASS), (95.0, Verdict.FAIL)])
def test_a_database_elsewhere_is_alarmed_by_its_share(threshold: float, verdict: Verdict) -> None:
    account = GOOD.but(cloudwatch__describe_alarms=alarms(alarm("database-connections", Threshold=threshold)))
    assert ask(OF["connections-alarm"], account, instance=None).verdict is verdict


def test_a_database_elsewhere_peaks_by_its_own_metric() -> None:
    asked = []

    def statistics(**query: Any) -> dict[str, Any]:
        asked.append(query)
        return {"Datapoints": [{"Maximum": 81.0}]}

    answer = ask(OF["connection-pooling"], GOOD.but(cloudwatch__get_metric_statistics=statistics), instance=None)
    assert (answer.verdict, "81 %" in answer.text) == (Verdict.FAIL, True)
    assert (asked[0]["Namespace"], asked[0]["MetricName"]) == ("JunkOS", "connections_used")


@pytest.mark.parametrize("day", [date(2026, 11, 27), date(2026, 11, 29)])
def test_what_a_proof_is_worth_is_asked_of_the_day(day: date) -> None:
    """Not of the day on which it was given."""
    accepted = (Acceptance("extension postgis", day.isoformat(), "no server of it"),)
    answer = ask(OF["restore-proven"], GOOD.but(**held(backup(verdict=Proof.PROVEN_BUT_FOR, accepted=accepted))))
    assert answer.verdict is (Verdict.PASS if day >= AT.date() else Verdict.FAIL)
