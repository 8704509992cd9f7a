"""Each situation made by hand on a real server of each version, and the numbers that the check gives for it."""

import json
import re
import time
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from datetime import timedelta

import psycopg2
import pytest
from psycopg2.extensions import TRANSACTION_STATUS_INTRANS
from psycopg2.extras import PhysicalReplicationConnection
from psycopg2.sql import SQL

from lambdas.database_check.checks import CHECKS
from lambdas.database_check.reach import reach
from lambdas.shared.clock import Deadline
from lambdas.vocabulary.metrics import Metric
from lambdas.vocabulary.names import ServiceNames
from tests.integration.database_check.conftest import (
    LOGIN,
    NO_PATIENCE,
    ONLY_18,
    SETTINGS,
    STRANGER,
    configured,
    in_background,
    judgements,
    until,
)

MEASURED = [check for check in CHECKS if check.sql]
OWN_STATISTICS = "SELECT 1 FROM pg_stat_database WHERE datname = current_database()"


def test_healthy_database_has_no_findings(database):
    """A healthy database is measured whole and nothing is found."""
    summary = database.check()
    expected_absent = {"since_last_check", "slow_statements"}
    expected_absent |= {one.name for one in MEASURED if one.minimum_version > database.server.major}
    assert summary["reachable"] is True
    assert set(summary["absent"]) == expected_absent
    assert set(summary["measurements"]) == {one.name for one in MEASURED} - expected_absent
    assert (summary["judgements"], summary["missing_grants"]) == ([], {})
    assert summary["server_version"].startswith(str(database.server.major))


def test_metrics_carry_the_environment_and_the_database(database):
    database.check()
    (line,) = [json.loads(line) for line in database.capsys.readouterr().out.splitlines() if '"_aws"' in line]
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert (line["environment"], line["database"]) == ("test", "junkos")
    assert directive["Dimensions"] == [["environment", "database"]]
    assert {one["Name"]: one["Unit"] for one in directive["Metrics"]}.items() <= {m: m.unit for m in Metric}.items()
    assert line["database_reachable"] == [1.0]


def test_session_is_read_only(database):
    """The session of the check can write nothing."""
    database.execute(f"GRANT CREATE ON SCHEMA public TO {LOGIN}")
    login = database.server.login(database=database.name)
    with (
        reach(lambda: login, timedelta(seconds=2), Deadline.within(10)) as reached,
        pytest.raises(psycopg2.errors.ReadOnlySqlTransaction),
    ):
        reached.reader.rows(SQL("CREATE TABLE public.written (id int)"))


def test_connections_counted_against_ordinary_limit(database):
    """Connections are counted by state against what an ordinary login can open."""
    reserved = 3
    with database.session(), database.session() as working:
        working.autocommit = False
        working.cursor().execute("SELECT 1")
        connections = database.check()["measurements"]["connections"]
    assert (connections["available"], connections["maximum"]) == (100 - reserved, 100)
    assert connections["by_state"]["idle"] >= 1
    assert connections["by_state"]["idle in transaction"] == 1
    assert connections["used"] == sum(connections["by_state"].values())
    assert connections["used_percent"] == pytest.approx(100 * connections["used"] / (100 - reserved))
    assert connections["own"] == 1


def test_many_connections_are_judged(database):
    """Many connections are judged with number and threshold."""
    summary = database.check(replace(SETTINGS, connections_percent=0.5))
    (judgement,) = judgements(summary, "connections")
    assert judgement["level"] == "high"
    assert "of 97 connections are used" in judgement["message"]
    assert "(threshold 0.5 %)" in judgement["message"]


def test_an_idle_transaction_is_named(database):
    with database.session(application_name="forgetful") as forgetful:
        forgetful.autocommit = False
        forgetful.cursor().execute("SELECT 1")
        assert forgetful.info.transaction_status == TRANSACTION_STATUS_INTRANS
        summary = database.check(NO_PATIENCE)
        (judgement,) = judgements(summary, "idle_in_transaction")
        assert f"session {forgetful.info.backend_pid} of postgres (forgetful)" in judgement["message"]
        assert database.published()["idle_in_transaction"] > 0
        assert judgements(database.check(), "idle_in_transaction") == []  # five minutes are allowed


def test_failed_open_transaction_is_idle(database):
    """A failed transaction left open counts as idle."""
    with database.session() as failed:
        failed.autocommit = False
        with pytest.raises(psycopg2.errors.DivisionByZero):
            failed.cursor().execute("SELECT 1 / 0")
        assert len(judgements(database.check(NO_PATIENCE), "idle_in_transaction")) == 1


def test_long_query_runs_from_start(database):
    """A long query is measured from its start."""
    with in_background("SELECT pg_sleep(60)", database=database) as session:
        pid = session.info.backend_pid
        until(lambda: database.query(f"SELECT 1 FROM pg_stat_activity WHERE pid = {pid} AND state = 'active'"))
        started = time.monotonic()
        first = _seconds(database.check(), pid)
        second = _seconds(database.check(NO_PATIENCE), pid)
        assert 0 < second - first < time.monotonic() - started
        assert database.published()["longest_query"] == pytest.approx(second, abs=2)
        assert len(judgements(database.check(NO_PATIENCE), "longest_query")) == 1


def _seconds(summary, pid):
    return next(query["seconds"] for query in summary["measurements"]["longest_queries"] if query["pid"] == pid)


def test_own_long_sessions_are_separate(database):
    """Long sessions of this system itself are distinguished."""
    backup = {"application_name": ServiceNames().session_name("backup until 20261123T021500Z")}
    with database.session(**backup) as exporter, in_background("SELECT pg_sleep(60)", database=database, **backup):
        exporter.autocommit = False
        exporter.cursor().execute("SELECT 1")
        until(lambda: database.query("SELECT 1 FROM pg_stat_activity WHERE query ~ '^SELECT pg_sleep'"))
        summary = database.check(NO_PATIENCE)
        assert summary["judgements"] == []
        own = summary["measurements"]["own_sessions"]
        assert [session["application"] for session in own] == [backup["application_name"]] * 2
        assert {session["state"] for session in own} == {"active", "idle in transaction"}


def test_sessions_are_counted_by_application_and_address(database):
    with database.session(application_name="shop"), database.session(application_name="shop") as working:
        working.autocommit = False
        working.cursor().execute("SELECT 1")
        summary = database.check()
    assert summary["pooled"] is False
    (shop,) = (each for each in summary["measurements"]["sessions"] if each["application"] == "shop")
    assert (shop["sessions"], shop["idle"]) == (2, 1)
    assert shop["address"] in ("127.0.0.1", "::1", "socket")


@pytest.mark.parametrize(
    "name", ["junkos-api", "junkos-monitoring", "junkos-backup until 20261123T021500Z", "acme-monitoring/check"]
)
def test_similar_backend_name_is_watched(database, name):
    """A backend with a name like ours is watched."""
    database.execute("CREATE TABLE orders (id int)")
    backend = {"application_name": name}
    with database.session(**backend) as holder, in_background("SELECT pg_sleep(60)", database=database, **backend):
        holder.autocommit = False
        holder.cursor().execute("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE")
        with in_background("SELECT * FROM orders", database=database, **backend):
            until(lambda: database.query("SELECT 1 FROM pg_locks WHERE NOT granted"))
            until(lambda: database.query("SELECT 1 FROM pg_stat_activity WHERE query ~ '^SELECT pg_sleep'"))
            summary = database.check(NO_PATIENCE)
    found = {judgement["name"] for judgement in summary["judgements"] if f"({name})" in judgement["message"]}
    assert found == {"idle_in_transaction", "longest_query", "blocked_session"}
    assert summary["measurements"]["own_sessions"] == []
    assert summary["measurements"]["connections"]["own"] == 1


def test_prepared_transaction_and_blocked_are_named(database):
    """A prepared transaction is named and so is what it blocks."""
    database.execute("CREATE TABLE stock (id int, n int)", "INSERT INTO stock VALUES (1, 1)")
    database.execute("BEGIN", "UPDATE stock SET n = 2", "PREPARE TRANSACTION 'order 7'")
    try:
        waiting = ("UPDATE stock SET n = 3", "LOCK TABLE stock")
        with (
            in_background(waiting[0], database=database, application_name="row"),
            in_background("BEGIN", waiting[1], database=database, application_name="table"),
        ):
            until(lambda: len(database.query("SELECT 1 FROM pg_locks WHERE NOT granted")) == len(waiting))
            summary = database.check(NO_PATIENCE)
    finally:
        database.execute("ROLLBACK PREPARED 'order 7'")
    (judgement,) = judgements(summary, "prepared_transaction")
    assert judgement["level"] == "medium"
    assert judgement["message"].startswith(f"prepared transaction order 7 of postgres in database {database.name} has")
    blocked = [one["message"] for one in judgements(summary, "blocked_session")]
    assert len(blocked) == len(waiting)
    assert all("blocked by prepared transaction order 7 of postgres" in message for message in blocked)
    assert database.published()["prepared_transaction"] > 0
    assert database.check(NO_PATIENCE)["measurements"]["prepared_transactions"] == []


def test_endless_autovacuum_is_named(database):
    """Any other gives way to who waits for its table; one against the wraparound of transaction ids does not."""
    slow = "autovacuum_freeze_max_age = 100000, autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1"
    database.execute(
        f"CREATE TABLE events (id int, padding text) WITH ({slow})",
        "INSERT INTO events SELECT i, repeat('x', 1000) FROM generate_series(1, 20000) i",
        "DO $$ BEGIN FOR i IN 1..100001 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$",
    )
    vacuuming = "SELECT 1 FROM pg_stat_activity WHERE query ~ 'wraparound' AND backend_type = 'autovacuum worker'"
    with configured(database.server, autovacuum_naptime="1s"):
        until(lambda: database.query(f"{vacuuming} AND query ~ 'events'"))
        with in_background("BEGIN", "LOCK TABLE events", database=database):
            until(lambda: database.query("SELECT 1 FROM pg_locks WHERE NOT granted"))
            (judgement,) = judgements(database.check(NO_PATIENCE), "blocked_session")
    assert re.search(
        r"blocked by \d+ autovacuum: VACUUM (ANALYZE )?public.events \(to prevent wraparound\)$", judgement["message"]
    )


@ONLY_18
def test_many_waiting_sessions_fit_one_line(database, caplog):
    """Many waiting sessions fit in a log line."""
    database.execute("CREATE TABLE orders (id int)")
    waiting = 60
    with ExitStack() as stack:
        holder = stack.enter_context(database.session(application_name="migration"))
        holder.autocommit = False
        holder.cursor().execute("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE")
        for _ in range(waiting):
            stack.enter_context(
                in_background("BEGIN", "LOCK TABLE orders", database=database, application_name="s" * 63)
            )
        until(lambda: len(database.query("SELECT 1 FROM pg_locks WHERE NOT granted")) == waiting)
        summary = database.check(NO_PATIENCE)
    assert database.published()["blocked_sessions"] == waiting
    assert summary["left_out"] == {"blocked_sessions": waiting - 20}
    assert len(json.dumps(summary)) < 30_000
    told = judgements(summary, "blocked_session")
    assert [one["message"] for one in told[10:]] == ["50 more findings of the kind blocked_session"]
    assert all("postgres migration (idle in transaction)" in one["message"] for one in told[:10])
    assert all(len(one["message"]) < 1000 for one in told)
    assert len(caplog.records) < 20


def test_blocking_session_is_named(database):
    """A blocked session is named with the one that blocks it."""
    database.execute("CREATE TABLE orders (id int)")
    with database.session(application_name="migration") as holder:
        holder.autocommit = False
        holder.cursor().execute("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE")
        with in_background("SELECT * FROM orders", database=database, application_name="shop") as waiting:
            until(lambda: database.query("SELECT 1 FROM pg_locks WHERE NOT granted"))
            summary = database.check(NO_PATIENCE)
            pid, blocker = waiting.info.backend_pid, holder.info.backend_pid
    (judgement,) = judgements(summary, "blocked_session")
    assert judgement["message"].startswith(f"session {pid} of postgres (shop) has waited for table public.orders for")
    assert f"blocked by {blocker} postgres migration (idle in transaction)" in judgement["message"]
    assert database.published()["blocked_sessions"] == 1
    # The locked table is only passed over; nothing else is missing, and nothing waited for it.
    assert summary["absent"].keys() <= {"since_last_check", "slow_statements", "checkpoints", "input_output"}


def test_short_row_wait_is_not_judged(database):
    """A short wait for a row is seen but not judged."""
    database.execute("CREATE TABLE stock (id int, n int)", "INSERT INTO stock VALUES (1, 1)")
    with database.session() as holder:
        holder.autocommit = False
        holder.cursor().execute("UPDATE stock SET n = 2")
        with in_background("UPDATE stock SET n = 3", database=database):
            until(lambda: database.query("SELECT 1 FROM pg_locks WHERE NOT granted"))
            summary = database.check()
    assert [session["kind"] for session in summary["measurements"]["blocked_sessions"]] == ["transactionid"]
    assert judgements(summary, "blocked_session") == []
    assert "blocked_sessions" not in database.published()


def test_transaction_ids_are_the_servers_own_numbers(database):
    database.execute(*["SELECT pg_current_xact_id()"] * 20)
    rows = database.check()["measurements"]["transaction_ids"]
    ages = dict(database.query("SELECT datname, age(datfrozenxid) FROM pg_database"))
    worst = rows[0]
    assert worst["age"] == pytest.approx(max(ages.values()), abs=5)
    assert worst["percent"] == pytest.approx(100 * worst["age"] / 2e9)
    assert worst["autovacuum_percent"] == pytest.approx(100 * worst["age"] / 2e8)


def test_oldest_tables_are_named(database):
    """The oldest table of each kind of ids is named."""
    database.execute(
        "CREATE TABLE xids (id int)",
        "CREATE TABLE multixacts (large text)",
        "UPDATE pg_class SET relfrozenxid = '3' WHERE oid = 'xids'::regclass",
        # Of its large values, which lie in a table of their own; the highest number is the last before the first.
        "UPDATE pg_class SET relminmxid = '4294967295' WHERE oid ="
        " (SELECT reltoastrelid FROM pg_class WHERE oid = 'multixacts'::regclass)",
    )
    rows = database.check()["measurements"]["transaction_ids"]
    (own,) = [row for row in rows if row["database"] == database.name]
    assert (own["oldest_table"], own["oldest_multixact_table"]) == ("public.xids", "public.multixacts")


def test_old_ids_become_critical(database):
    """Old transaction ids are high and then critical."""
    database.execute("SELECT pg_current_xact_id()")
    high = replace(SETTINGS, transaction_ids_percent=1e-9)
    assert {one["level"] for one in judgements(database.check(high), "transaction_ids")} == {"high"}
    critical = replace(high, transaction_ids_critical_percent=2e-9)
    found = judgements(database.check(critical), "transaction_ids")
    assert {one["level"] for one in found} == {"critical"}
    assert any(f"database {database.name} has used" in one["message"] for one in found)


NEARLY_EXHAUSTED = {
    "ascending": ("CREATE SEQUENCE s MAXVALUE 1000; SELECT setval('s', 900)", 90.0),
    "descending": ("CREATE SEQUENCE s INCREMENT -1 MINVALUE -1000; SELECT setval('s', -900)", 90.0),
    "from below zero": ("CREATE SEQUENCE s MINVALUE -500 MAXVALUE 499; SELECT setval('s', 300)", 80.1),
    "bigint into int4": (
        "CREATE SEQUENCE s; CREATE TABLE t (id int4 DEFAULT nextval('s')); SELECT setval('s', 2000000000)",
        93.13,
    ),
    "owned by int2": ("CREATE TABLE t (id int2); CREATE SEQUENCE s OWNED BY t.id; SELECT setval('s', 32000)", 97.66),
    "descending into int4": (
        "CREATE SEQUENCE s INCREMENT -1; CREATE TABLE t (id int4 DEFAULT nextval('s')); SELECT setval('s', -2e9::int8)",
        93.13,
    ),
    "identity": (
        "CREATE TABLE t (id int4 GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME s)); SELECT setval('s', 2000000000)",
        93.13,
    ),
    "into a domain": (
        "CREATE DOMAIN d int2; CREATE SEQUENCE s; CREATE TABLE t (i d DEFAULT nextval('s')); SELECT setval('s', 30000)",
        91.56,
    ),
    "cycling but too wide for its column": (
        "CREATE SEQUENCE s CYCLE; CREATE TABLE t (id int4 DEFAULT nextval('s')); SELECT setval('s', 2000000000)",
        93.13,
    ),
    "past the end of its column": (
        "CREATE SEQUENCE s; CREATE TABLE t (id int4 DEFAULT nextval('s')); SELECT setval('s', 9e9::int8)",
        100.0,
    ),
}
FAR_FROM_EXHAUSTED = {
    "fresh": "CREATE SEQUENCE s MAXVALUE 10",
    "cycling": "CREATE SEQUENCE s MAXVALUE 1000 CYCLE; SELECT setval('s', 999)",
    "bigint in a bigint column": "CREATE TABLE t (id bigserial); SELECT setval('t_id_seq', 2000000000)",
    "of one session only": "CREATE TEMPORARY SEQUENCE s MAXVALUE 10; SELECT setval('pg_temp.s', 10)",
}


def _in_a_schema(situation, statement):
    return f'CREATE SCHEMA "{situation}"; SET search_path = "{situation}"; {statement}'


def test_sequences_near_their_end_are_judged(database):
    database.execute(*(_in_a_schema(name, statement) for name, (statement, _) in NEARLY_EXHAUSTED.items()))
    summary = database.check()
    found = {one["sequence"]: one["used_percent"] for one in summary["measurements"]["sequences"]["nearest"]}
    expected = {f'"{name}".s' if " " in name else f"{name}.s": used for name, (_, used) in NEARLY_EXHAUSTED.items()}
    assert found == pytest.approx(expected, abs=0.01)
    messages = [judgement["message"] for judgement in judgements(summary, "sequence")]
    assert len(messages) == len(NEARLY_EXHAUSTED)
    assert "sequence ascending.s is at 900 of 1000, 90.0 % used (threshold 75 %)" in messages
    feeding = next(message for message in messages if message.startswith('sequence "owned by int2".s'))
    assert ', which feeds "owned by int2".t.id, is at 32000 of 32767, 97.7 % used (threshold 90 %)' in feeding
    assert database.published()["sequence_used"] == 100


def test_young_sequences_are_not_judged(database):
    """Sequences far from their end are not judged."""
    with database.session() as session, session.cursor() as cursor:
        for name, statement in FAR_FROM_EXHAUSTED.items():
            cursor.execute(_in_a_schema(name, statement))
        summary = database.check()
    assert summary["measurements"]["sequences"]["used_percent"] < 1
    assert summary["judgements"] == []


def test_altered_sequence_blocks_no_other(database):
    """A sequence that is being altered does not hold up the others."""
    database.execute("CREATE SEQUENCE busy; CREATE SEQUENCE s MAXVALUE 1000; SELECT setval('s', 900)")
    with database.session() as session:
        session.autocommit = False
        session.cursor().execute("ALTER SEQUENCE busy INCREMENT 2")
        assert len(judgements(database.check(), "sequence")) == 1


def test_unused_slot_shows_kept_log(database):
    """An unused replication slot is named with the log kept for it."""
    database.execute("SELECT pg_create_physical_replication_slot('abandoned', true)")
    try:
        _write_log(database, 1)
        summary = database.check()
    finally:
        database.execute("SELECT pg_drop_replication_slot('abandoned')")
    (slot,) = summary["measurements"]["replication_slots"]
    assert slot["retained_bytes"] > 1_000_000
    (judgement,) = judgements(summary, "inactive_slot")
    assert judgement["level"] == "high"
    assert judgement["message"].startswith("nobody reads from replication slot abandoned")
    assert database.published()["inactive_slots"] == 1


def _write_log(database, segments):
    """Fill so many segments of the write-ahead log, as far as their numbers go."""
    for _ in range(segments):
        database.execute("SELECT pg_logical_emit_message(true, 'test', 'log')", "SELECT pg_switch_wal()")


@contextmanager
def reader_that_confirms_nothing(database, slot):
    """A standby's connection that is sent what is written from now on, and never answers."""
    ((start,),) = database.query("SELECT pg_current_wal_flush_lsn()")
    with closing(
        psycopg2.connect(
            database.server.running.url(),
            connection_factory=PhysicalReplicationConnection,
            application_name="silent",
        )
    ) as session:
        session.cursor().start_replication(slot_name=slot, start_lsn=start)
        until(lambda: database.query("SELECT 1 FROM pg_stat_replication WHERE state = 'streaming'"))
        yield


@contextmanager
def slot(database, name):
    database.execute(f"SELECT pg_create_physical_replication_slot('{name}', true)")
    try:
        yield
    finally:
        until(lambda: not database.query(f"SELECT 1 FROM pg_replication_slots WHERE slot_name = '{name}' AND active"))
        database.execute(f"SELECT pg_drop_replication_slot('{name}')")


def test_unconfirming_reader_is_behind(database):
    """A reader that never confirms is behind since it connected."""
    with slot(database, "read"), reader_that_confirms_nothing(database, "read"):
        _write_log(database, 1)
        summary = database.check(replace(SETTINGS, replication_lag=timedelta(0)))
    (row,) = summary["measurements"]["replication"]
    assert (row["standby"], row["confirms"]) == ("silent", False)
    assert row["lag_bytes"] > 0
    (judgement,) = judgements(summary, "replication_lag")
    assert judgement["message"].startswith("silent has confirmed nothing of what it was sent since it connected")
    assert database.published()["replication_lag"] == pytest.approx(row["lag_seconds"])
    assert judgements(summary, "inactive_slot") == []  # little is kept for it yet


def test_reader_keeping_much_is_named(database):
    """A reader for which too much is kept is named."""
    with slot(database, "read"), reader_that_confirms_nothing(database, "read"):
        _write_log(database, 5)
        until(lambda: database.query("SELECT 1 FROM pg_replication_slots WHERE wal_status = 'extended'"))
        summary = database.check()
    (judgement,) = judgements(summary, "inactive_slot")
    assert judgement["level"] == "high"
    assert judgement["message"].startswith("the reader of replication slot read does not confirm what it reads: ")
    assert database.published()["inactive_slots"] == 1


def test_a_lost_slot_is_called_lost(database):
    with configured(database.server, max_slot_wal_keep_size="16MB"), slot(database, "late"):
        _write_log(database, 5)
        database.execute("CHECKPOINT")
        until(lambda: database.query("SELECT 1 FROM pg_replication_slots WHERE wal_status = 'lost'"))
        summary = database.check()
    (judgement,) = judgements(summary, "inactive_slot")
    assert judgement["message"].startswith("replication slot late is lost")
    assert "the server no longer has what its reader needs next" in judgement["message"]
    assert database.published()["inactive_slots"] == 1


def test_a_deadlock_is_counted_between_two_checks(database):
    database.execute("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1), (2)")
    until(lambda: database.query(f"{OWN_STATISTICS} AND xact_commit > 0"))
    database.check()
    _cause_deadlock(database)
    until(lambda: database.query(f"{OWN_STATISTICS} AND deadlocks = 1"))
    assert database.published().keys().isdisjoint({"deadlocks"})
    summary = database.check()
    (judgement,) = judgements(summary, "deadlocks")
    assert judgement["message"].startswith("1 deadlocks in")
    assert database.published()["deadlocks"] == 1
    assert summary["measurements"]["since_last_check"]["rollbacks"] >= 1
    database.check()
    assert "deadlocks" not in database.published()


def _cause_deadlock(database):
    with database.session() as one:
        one.autocommit = False
        one.cursor().execute("UPDATE t SET id = id WHERE id = 1")
        two = ("BEGIN", "UPDATE t SET id = id WHERE id = 2", "UPDATE t SET id = id WHERE id = 1")
        with in_background(*two, database=database):
            until(lambda: database.query("SELECT 1 FROM pg_locks WHERE NOT granted"))
            try:
                one.cursor().execute("UPDATE t SET id = id WHERE id = 2")
            except psycopg2.errors.DeadlockDetected:
                one.rollback()


def test_statistics_that_were_reset_give_no_difference(database):
    database.execute("CREATE TABLE t AS SELECT generate_series(1, 1000) AS id", "SELECT count(*) FROM t")
    database.check()
    last_reset = "SELECT stats_reset FROM pg_stat_database WHERE datname = current_database()"
    before = database.query(last_reset)
    database.execute("SELECT pg_stat_reset()")
    until(lambda: database.query(last_reset) != before)
    summary = database.check()
    assert "reset" in summary["absent"]["since_last_check"]
    assert "since_last_check" in database.check()["measurements"]


def test_growth_of_database_and_tables(database):
    """Growth is sent for the database and its largest tables."""
    database.execute("CREATE TABLE t AS SELECT generate_series(1, 100000) AS id", "ANALYZE t")
    until(lambda: database.query(f"{OWN_STATISTICS} AND xact_commit > 0"))
    database.check()
    database.execute("INSERT INTO t SELECT generate_series(1, 100000)")
    summary = database.check()
    assert summary["measurements"]["largest_tables"][0]["table"] == "public.t"
    growth = summary["measurements"]["since_last_check"]["growth_bytes"]
    assert growth["public.t"] == pytest.approx(3_629_056, rel=0.05)
    assert growth[""] >= growth["public.t"]


def test_dead_rows_that_nobody_clears_are_found(database):
    database.execute(
        "CREATE TABLE t (id int, n int) WITH (autovacuum_enabled = off)",
        "INSERT INTO t SELECT i, 0 FROM generate_series(1, 5000) i",
        "ANALYZE t",
        "UPDATE t SET n = 1",
    )
    until(lambda: database.query("SELECT 1 FROM pg_stat_user_tables WHERE n_dead_tup = 5000"))
    (judgement,) = judgements(database.check(), "dead_rows")
    assert judgement["message"].startswith("table public.t, whose autovacuum is off, has 5000 dead rows, 4.8 times")
    assert judgement["metric"] is None
    assert database.published()["database_findings"] == 1
    database.execute("VACUUM t")
    until(lambda: database.query("SELECT 1 FROM pg_stat_user_tables WHERE n_dead_tup = 0"))
    assert database.check()["judgements"] == []


def test_failed_index_build_is_found(database):
    """An index left by a failed build is found."""
    database.execute("CREATE TABLE t AS SELECT 1 AS id FROM generate_series(1, 2)")
    with pytest.raises(psycopg2.errors.UniqueViolation):
        database.execute("CREATE UNIQUE INDEX CONCURRENTLY t_id ON t (id)")
    (judgement,) = judgements(database.check(), "invalid_index")
    assert judgement["message"].startswith("index public.t_id of public.t is invalid")


def test_running_index_build_is_ignored(database):
    """An index that is just being built is not found."""
    database.execute("CREATE TABLE t AS SELECT 1 AS id")
    with database.session() as reader:
        reader.autocommit = False
        reader.cursor().execute("LOCK TABLE t IN ROW EXCLUSIVE MODE")
        with in_background("CREATE INDEX CONCURRENTLY t_id ON t (id)", database=database):
            until(lambda: database.query("SELECT 1 FROM pg_index WHERE NOT indisvalid"))
            assert judgements(database.check(), "invalid_index") == []


def test_missing_grants_are_listed(database):
    """A login without grants is sent each one and still measures the rest."""
    database.execute("CREATE SEQUENCE hidden")
    summary = database.check(user=STRANGER)
    assert summary["missing_grants"] == {
        'GRANT pg_read_all_stats TO "stranger"': [
            one.name for one in MEASURED if one.grant == "pg_read_all_stats" and one.extension is None
        ],
        'GRANT pg_read_all_data TO "stranger"': ["sequences"],
    }
    published = database.published()
    assert "database_reachable" in published
    assert published.keys().isdisjoint({"connections_used", "idle_in_transaction", "blocked_sessions"})
    assert published["database_findings"] == 2
    assert {judgement["name"] for judgement in summary["judgements"]} == {"missing_grant"}


def test_slow_statements_are_listed_without_any_constant(database):
    database.execute(
        'CREATE SCHEMA "monitoring tools"',
        'CREATE EXTENSION pg_stat_statements SCHEMA "monitoring tools"',
        'SELECT "monitoring tools".pg_stat_statements_reset()',
        "SELECT pg_sleep(0.05) /* for 4929-1234 */, 'sesame-1'",
        "SET application_name = 'sesame-2'",
        "DO $$ BEGIN PERFORM pg_sleep(0.05), 'sesame-3'; END $$",
        "CREATE ROLE temporary PASSWORD 'sesame-4'",
        "DROP ROLE temporary",
    )
    statements = database.check(NO_PATIENCE)["measurements"]["slow_statements"]
    texts = [statement["statement"] for statement in statements]
    assert not [text for text in texts if "sesame" in text or "4929" in text]
    assert "DO ?" in texts
    slowest = next(one for one in statements if one["statement"].startswith("SELECT pg_sleep("))
    assert slowest["calls"] == 1
    assert 50 <= slowest["mean_milliseconds"] < 1000
    assert database.check()["measurements"]["slow_statements"] == []  # none takes a second


def test_failing_statement_affects_no_other(database):
    """A statement that fails takes no other with it."""
    database.execute("CREATE EXTENSION pg_stat_statements")
    database.execute("ALTER EXTENSION pg_stat_statements DROP VIEW pg_stat_statements", "DROP VIEW pg_stat_statements")
    summary = database.check()
    assert "does not exist" in summary["absent"]["slow_statements"]
    assert "largest_tables" in summary["measurements"]


@ONLY_18
def test_two_thousand_tables_are_checked_in_seconds(database):
    database.execute(
        "DO $$ BEGIN FOR i IN 1..2000 LOOP"
        " EXECUTE format('CREATE TABLE t%s (id serial PRIMARY KEY, n int, body text)', i);"
        " IF i % 100 = 0 THEN COMMIT; END IF;"  # as many locks as there is room for
        " END LOOP; END $$",
    )
    started = time.monotonic()
    summary = database.check()
    seconds = time.monotonic() - started
    assert summary["absent"].keys() == {"since_last_check", "slow_statements"}
    assert seconds < 10
