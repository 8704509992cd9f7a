from dataclasses import replace
from datetime import timedelta

import pytest

from lambdas.database_check.judge import judge
from lambdas.database_check.measure import Measured
from lambdas.database_check.published import metrics_of
from lambdas.database_check.settings import Settings
from lambdas.database_check.shortened import left_out, shortened_judgements, shortened_values
from lambdas.shared.environment import BadEnvironmentError
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Metric

SETTINGS = Settings(
    environment="test",
    database="junkos",
    database_host="db.example.com",
    database_port=5432,
    database_name="junkos",
    database_login="junkos_monitor",
    database_url_secret=None,
    database_minimum_tls="verify-full",
)
SESSION = {"pid": 7, "login": "app", "application": "shop", "database": "junkos", "seconds": 300.0}
IDS = {
    "database": "junkos",
    "percent": 0.0,
    "multixact_percent": 0.0,
    "oldest_table": "public.events",
    "oldest_multixact_table": "public.orders",
}
PREPARED = {"transaction": "order-7", "login": "app", "database": "junkos", "seconds": 300.0}
SLOT = {
    "slot": "old",
    "active": False,
    "wal_status": "extended",
    "retained_bytes": 5 * 2**30,
    "inactive_since": None,
    "invalidation_reason": None,
}
READ_SLOT = {**SLOT, "active": True, "wal_status": "reserved"}
STANDBY = {"standby": "b", "state": "streaming", "confirms": True, "lag_seconds": 300.0}
SEQUENCE = {"sequence": "public.s", "column": None, "last_value": 75, "limit": 100, "used_percent": 75.0}


WAITING = {**SESSION, "relation": "public.t", "kind": "relation", "blocked_by": ["8 app"], "blockers": 1}


def judged(**values):
    return judge(Measured(values=values), SETTINGS)


def test_settings_survive_the_environment():
    changed = replace(SETTINGS, lock_wait=timedelta(seconds=3), connections_percent=90.5)
    assert Settings.from_environment(changed.to_environment()) == changed


def test_a_threshold_that_was_not_deployed_is_a_fault():
    variables = SETTINGS.to_environment()
    del variables["SEQUENCE_PERCENT"]
    with pytest.raises(BadEnvironmentError, match="SEQUENCE_PERCENT is missing"):
        Settings.from_environment(variables)


@pytest.mark.parametrize(
    "values",
    [
        {"connections": {"used": 80, "available": 100, "used_percent": 80.0}},
        {"idle_in_transaction": [SESSION]},
        {"longest_queries": [SESSION]},
        {"blocked_sessions": [{**SESSION, "seconds": 10.0}]},
        {"transaction_ids": [{**IDS, "percent": 50.0, "multixact_percent": 50.0}]},
        {"sequences": {"nearest": [SEQUENCE]}},
        {"replication_slots": [READ_SLOT]},
        {"since_last_check": {"deadlocks": 0, "seconds": 300.0}},
        {"checksum_failures": [{"database": "junkos", "failures": 0, "last_failure": None}]},
        {"replication": [STANDBY, {**STANDBY, "lag_seconds": None}]},
        {"prepared_transactions": [PREPARED]},
    ],
)
def test_a_value_at_its_threshold_is_not_over_it(values):
    assert judged(**values) == []


@pytest.mark.parametrize(
    ("values", "level", "metric", "message"),
    [
        (
            {"connections": {"used": 81, "available": 100, "used_percent": 81.0}},
            Level.HIGH,
            Metric.CONNECTIONS_USED,
            "81 of 100 connections are used, 81 % (threshold 80 %)",
        ),
        (
            {"idle_in_transaction": [{**SESSION, "seconds": 1260.0}]},
            Level.MEDIUM,
            Metric.IDLE_IN_TRANSACTION,
            "session 7 of app (shop) has held a transaction open without doing anything for 21 min (threshold 5 min)",
        ),
        (
            {"transaction_ids": [{**IDS, "multixact_percent": 76.0}]},
            Level.CRITICAL,
            Metric.TRANSACTION_IDS_USED,
            (
                "database junkos has used 76 % of its multixact ids (threshold 75 %; at 100 % the server stops"
                " writing), its oldest table is public.orders: vacuum it"
            ),
        ),
        (
            {"sequences": {"nearest": [{**SEQUENCE, "last_value": 80, "used_percent": 80.0}]}},
            Level.MEDIUM,
            Metric.SEQUENCE_USED,
            "sequence public.s is at 80 of 100, 80.0 % used (threshold 75 %)",
        ),
        (
            {"sequences": {"nearest": [{**SEQUENCE, "column": "public.t.id", "last_value": 91, "used_percent": 91.0}]}},
            Level.CRITICAL,
            Metric.SEQUENCE_USED,
            "sequence public.s, which feeds public.t.id, is at 91 of 100, 91.0 % used (threshold 90 %)",
        ),
        (
            {"replication_slots": [SLOT]},
            Level.HIGH,
            Metric.INACTIVE_SLOTS,
            (
                "nobody reads from replication slot old; 5.0 GB of write-ahead log are kept for it"
                " (threshold 0 such slots)"
            ),
        ),
        (
            {"replication_slots": [{**SLOT, "active": True}]},
            Level.HIGH,
            Metric.INACTIVE_SLOTS,
            (
                "the reader of replication slot old does not confirm what it reads: 5.0 GB of write-ahead log are kept"
                " for it (threshold 0 such slots)"
            ),
        ),
        (
            {"replication_slots": [{**SLOT, "wal_status": "lost", "invalidation_reason": "wal_removed"}]},
            Level.HIGH,
            Metric.INACTIVE_SLOTS,
            (
                "replication slot old is lost (wal_removed): the server no longer has what its reader needs next, so"
                " drop it and set the reader up anew (threshold 0 such slots)"
            ),
        ),
        (
            {"replication": [{**STANDBY, "lag_seconds": 301.0}]},
            Level.MEDIUM,
            Metric.REPLICATION_LAG,
            "b is 5 min behind (threshold 5 min)",
        ),
        (
            {"replication": [{**STANDBY, "standby": "this server", "state": "disconnected", "lag_seconds": 7200.0}]},
            Level.MEDIUM,
            Metric.REPLICATION_LAG,
            (
                "this server has no connection to its primary, and the newest commit that it has is 120 min old"
                " (threshold 5 min)"
            ),
        ),
        (
            {"replication": [{**STANDBY, "confirms": False, "lag_seconds": 720.0}]},
            Level.MEDIUM,
            Metric.REPLICATION_LAG,
            "b has confirmed nothing of what it was sent since it connected 12 min ago (threshold 5 min)",
        ),
        (
            {"prepared_transactions": [{**PREPARED, "seconds": 1260.0}]},
            Level.MEDIUM,
            Metric.PREPARED_TRANSACTION,
            (
                "prepared transaction order-7 of app in database junkos has been left open for 21 min"
                " (threshold 5 min): COMMIT PREPARED or ROLLBACK PREPARED it"
            ),
        ),
    ],
)
def test_a_judgement_names_the_object_the_number_and_the_threshold(values, level, metric, message):
    (judgement,) = judged(**values)
    assert (judgement.level, judgement.metric, judgement.message) == (level, metric, message)


def test_the_worst_comes_first():
    slow, ids = {**SESSION, "seconds": 301.0}, {**IDS, "percent": 80.0}
    levels = [one.level for one in judged(longest_queries=[slow], transaction_ids=[ids], replication_slots=[SLOT])]
    assert levels == [Level.CRITICAL, Level.HIGH, Level.MEDIUM]


def test_what_could_not_be_measured_is_a_finding():
    measured = Measured(failed={"sequences": "took longer than the statement timeout"})
    found = judge(measured, SETTINGS)
    assert [one.message for one in found] == ["sequences was not measured: took longer than the statement timeout"]
    assert metrics_of(measured.values, found, SETTINGS) == {Metric.DATABASE_FINDINGS: 1}


HEALTHY = {
    "connections": {"used_percent": 10.0},
    "idle_in_transaction": [{**SESSION, "seconds": 299.0}],
    "prepared_transactions": [{**PREPARED, "seconds": 299.0}],
    "longest_queries": [{**SESSION, "seconds": 299.0}],
    "blocked_sessions": [{**SESSION, "seconds": 1.0}],
    "transaction_ids": [{**IDS, "percent": 49.0}],
    "sequences": {"used_percent": 74.0, "nearest": []},
    "replication": [],
    "replication_slots": [],
    "checksum_failures": [],
    "since_last_check": {"deadlocks": 0},
}


def test_what_matters_in_trouble_only_is_not_published_without_trouble():
    assert metrics_of(HEALTHY, [], SETTINGS) == {Metric.CONNECTIONS_USED: 10}


def test_connections_that_rds_counts_are_judged_and_logged_and_no_metric():
    at_rds = replace(SETTINGS, connections_metric=False)
    full = {"connections": {"used": 99, "available": 100, "used_percent": 99.0}}
    judgements = judge(Measured({**HEALTHY, **full}), at_rds)
    assert [judgement.name for judgement in judgements] == ["connections"]
    assert metrics_of({**HEALTHY, **full}, judgements, at_rds) == {}


def published_with(**values):
    """What of the trouble there is, is published."""
    measured = Measured({**HEALTHY, **values})
    published = metrics_of(measured.values, judge(measured, SETTINGS), SETTINGS)
    del published[Metric.CONNECTIONS_USED]
    return published


@pytest.mark.parametrize(
    ("values", "published"),
    [
        ({"idle_in_transaction": [{**SESSION, "seconds": 301.0}]}, {Metric.IDLE_IN_TRANSACTION: 301}),
        ({"transaction_ids": [{**IDS, "percent": 51.0}]}, {Metric.TRANSACTION_IDS_USED: 51}),
        ({"replication": [{**STANDBY, "lag_seconds": 301.0}]}, {Metric.REPLICATION_LAG: 301}),
        ({"prepared_transactions": [{**PREPARED, "seconds": 301.0}]}, {Metric.PREPARED_TRANSACTION: 301}),
        ({"replication_slots": [SLOT, READ_SLOT, {**SLOT, "active": True}]}, {Metric.INACTIVE_SLOTS: 2}),
        ({"since_last_check": {"deadlocks": 2, "seconds": 300.0}}, {Metric.DEADLOCKS: 2}),
    ],
)
def test_trouble_is_published_while_it_is_over_the_threshold_of_its_alarm(values, published):
    assert published_with(**values) == published


def test_of_blocked_sessions_those_are_counted_that_waited_too_long():
    waiting = [{**WAITING, "seconds": seconds} for seconds in (1.0, 11.0, 12.0)]
    assert published_with(blocked_sessions=waiting) == {Metric.BLOCKED_SESSIONS: 2}


def test_blockers_beyond_the_first_few_are_counted():
    (many,) = judged(blocked_sessions=[{**WAITING, "blocked_by": ["8 app", "9 app"], "blockers": 40}])
    assert many.message.endswith("blocked by 8 app, 9 app, 38 more")
    (none,) = judged(blocked_sessions=[{**WAITING, "blocked_by": [], "blockers": 0}])
    assert none.message.endswith("blocked by a session that has just ended")


def test_of_many_alike_the_first_are_shown_and_the_rest_counted():
    judgements = judged(blocked_sessions=[WAITING] * 300, replication_slots=[SLOT])
    shown = shortened_judgements(judgements)
    assert [one.name for one in shown] == ["inactive_slot", *["blocked_session"] * 11]
    assert shown[-1].message == "290 more findings of the kind blocked_session"
    values = {"blocked_sessions": [WAITING] * 300, "connections": {}}
    assert len(shortened_values(values)["blocked_sessions"]) == 20
    assert left_out(values) == {"blocked_sessions": 280}
