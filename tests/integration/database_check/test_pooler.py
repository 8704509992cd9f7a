"""Through a PgBouncer the check measures as well, or says that one is in between; it leaves no setting in its pool."""

import socket
import threading
from contextlib import closing, contextmanager
from datetime import timedelta

import psycopg2
import pytest
from psycopg2.sql import SQL

from lambdas.database_check.check import Check
from lambdas.database_check.checks import CHECKS
from lambdas.database_check.measure import measure, server_of
from lambdas.database_check.reach import reach
from lambdas.database_check.states import InMemory
from lambdas.shared.clock import Deadline
from tests.integration.database_check.conftest import LOGIN, NO_PATIENCE, ONLY_18, PASSWORD, SETTINGS, check
from tests.pgbouncer import INSTALLED, pgbouncer

pytestmark = [ONLY_18, INSTALLED]
STATE = "SELECT pg_backend_pid(), array_agg(name || '=' || setting) FROM pg_settings WHERE setting <> reset_val"
"""Which session of the server it is, and what has been set in it."""


@pytest.fixture
def pooled(database, tmp_path):
    """Starts a PgBouncer of one server session, and yields the login through it."""

    @contextmanager
    def start(**settings):
        url, users = database.server.running.url(database.name), {LOGIN: PASSWORD}
        with pgbouncer(tmp_path / "pgbouncer", url, users, default_pool_size=1, **settings) as port:
            yield database.server.login(database=database.name).to(port=str(port), sslmode="disable")

    return start


@contextmanager
def as_client(login):
    """A backend's session from the pool."""
    with closing(psycopg2.connect(**login.parameters, password=login.password)) as session:
        session.autocommit = True
        with session.cursor() as cursor:
            yield cursor


@pytest.mark.parametrize(
    "settings",
    [
        {"pool_mode": "transaction"},
        {"pool_mode": "session"},
        {"pool_mode": "transaction", "ignore_startup_parameters": "options"},
    ],
)
def test_everything_is_measured_through_a_pooler(pooled, settings):
    with pooled(**settings) as login:
        with as_client(login) as cursor:
            cursor.execute(STATE)
            before = cursor.fetchall()
        summary = check(NO_PATIENCE, lambda: login, InMemory())
        with as_client(login) as cursor:
            cursor.execute(STATE)
            assert cursor.fetchall() == before  # the one session of the pool, which the check had in between
            cursor.execute("CREATE TEMPORARY TABLE written ()")
    assert summary["absent"].keys() == {"since_last_check", "slow_statements"}
    assert summary["measurements"].keys() == {one.name for one in CHECKS if one.sql} - {"slow_statements"}
    assert summary["judgements"] == []


def test_limits_hold_through_a_pooler(pooled):
    slow = Check("slow", "Sleeps.", "SELECT pg_sleep(60)")
    written = Check("written", "Writes.", "CREATE TABLE public.written (id int)")
    with (
        pooled(pool_mode="transaction") as login,
        reach(lambda: login, timedelta(milliseconds=100), Deadline.within(20)) as reached,
    ):
        server = server_of(reached.reader)
        found = measure(reached.reader, server, [slow, written], limits=SETTINGS, deadline=Deadline.within(20))
    assert found.failed == {
        "slow": "took longer than the statement timeout",
        "written": "cannot execute CREATE TABLE in a read-only transaction",
    }


def test_options_that_a_pooler_refuses_are_named(pooled):
    with pooled(pool_mode="transaction") as login:
        summary = check(SETTINGS, lambda: login.to(options="-c geqo=off"), InMemory())
    assert summary["reason"] == "pooler"
    assert "unsupported startup parameter: options (a connection pooler is in between" in summary["message"]


def test_a_pooler_that_refuses_transactions_is_named(pooled):
    with pooled(pool_mode="statement") as login:
        summary = check(SETTINGS, lambda: login, InMemory())
    assert summary["reason"] == "connection lost"
    assert "a connection pooler ends it so, too, when its pool is used up, or in statement mode" in summary["message"]


def test_exhausted_pool_is_named(pooled):
    """A pool that is used up is named."""
    with pooled(pool_mode="session", query_wait_timeout=1) as login, as_client(login) as cursor:
        cursor.execute("SELECT 1")
        summary = check(SETTINGS, lambda: login, InMemory())
    assert summary["reason"] == "connection lost"
    assert "when its pool is used up" in summary["message"]


@contextmanager
def dropping(login, said, instead):
    """A proxy that leaves out of what the client says whatever a setting is made with."""
    assert len(said) == len(instead)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threads = [threading.Thread(target=_relay, args=(listening, login, said, instead))]
        threads[0].start()
        yield login.to(port=str(listening.getsockname()[1]), gssencmode="disable")
        threads[0].join(10)


def _relay(listening, login, said, instead):
    client, _ = listening.accept()
    with client, socket.create_connection(("127.0.0.1", int(login.parameters["port"]))) as server:
        answers = threading.Thread(target=_copy, args=(server, client, b"", b""))
        answers.start()
        _copy(client, server, said, instead)
        answers.join(10)


def _copy(source, target, said, instead):
    while piece := source.recv(100_000):
        target.sendall(piece.replace(said, instead) if said else piece)
    target.shutdown(socket.SHUT_WR)


@pytest.mark.parametrize(
    ("said", "instead", "named"),
    [
        (b"BEGIN READ ONLY", b"BEGIN          ", "transaction_read_only did"),
        (b"SET LOCAL search_path = ''", b"SELECT 1                  ", "search_path did"),
        (b"set_config", b"concat    ", "statement_timeout, lock_timeout, idle_in_transaction_session_timeout did"),
    ],
)
def test_dropped_settings_are_named(database, said, instead, named):
    """What a proxy drops is named and nothing is read."""
    direct = database.server.login(database=database.name, sslmode="disable")
    with dropping(direct, said, instead) as login:
        summary = check(SETTINGS, lambda: login, InMemory())
    assert summary["reason"] == "pooler"
    assert summary["message"].startswith(f"{named} not take effect")
    assert "the server's own address" in summary["message"]


def test_reader_is_rolled_back(database):
    """A reader is rolled back when it ends."""
    login = database.server.login(database=database.name)
    with reach(lambda: login, timedelta(seconds=2), Deadline.within(20)) as reached:
        reached.reader.rows(SQL("SELECT 1"))
        reached.reader.end()
        assert database.query("SELECT 1 FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'") == []
