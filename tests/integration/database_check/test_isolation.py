"""One query that fails, for whatever reason, costs its own number and no other."""

from contextlib import contextmanager
from datetime import timedelta

import psycopg2
import pytest
from psycopg2.sql import SQL

from lambdas.database_check.check import Check
from lambdas.database_check.measure import measure, server_of
from lambdas.database_check.reach import reach
from lambdas.database_check.read_only import read_only
from lambdas.shared.clock import Deadline
from tests.integration.database_check.conftest import ONLY_18, SETTINGS, STRANGER

pytestmark = ONLY_18
FINE = Check("fine", "Works.", "SELECT 1 AS one")


@contextmanager
def reader_of(database, statement_timeout=timedelta(seconds=2), user=STRANGER):
    login = database.server.login(user, database.name)
    with reach(lambda: login, statement_timeout, Deadline.within(20)) as reached:
        yield reached.reader


def measured(reader, *checks, seconds=20):
    return measure(
        reader,
        server_of(reader),
        checks,
        limits=SETTINGS,
        deadline=Deadline.within(seconds),
    )


def test_slow_query_is_cancelled(database):
    """A query that takes too long is stopped."""
    with reader_of(database, timedelta(milliseconds=100)) as reader:
        found = measured(reader, Check("slow", "Sleeps.", "SELECT pg_sleep(60)"), FINE)
    assert found.failed == {"slow": "took longer than the statement timeout"}
    assert found.values == {"fine": {"one": 1}}


def test_locked_query_gives_up(database):
    """A query that meets a lock gives up soon."""
    database.execute("CREATE TABLE t (id int)", f"GRANT SELECT ON t TO {STRANGER}")
    with database.session() as migration, reader_of(database) as reader:
        migration.autocommit = False
        migration.cursor().execute("LOCK TABLE t IN ACCESS EXCLUSIVE MODE")
        found = measured(reader, Check("locked", "Counts.", "SELECT count(*) FROM public.t"), FINE)
    assert found.failed == {"locked": "waited for a lock that another session holds"}
    assert found.values == {"fine": {"one": 1}}


def test_missing_view_makes_value_absent(database):
    """A view that the server lacks makes one absent."""
    with reader_of(database) as reader:
        found = measured(reader, Check("new", "Of tomorrow.", "SELECT * FROM pg_stat_of_tomorrow"), FINE)
    assert found.absent["new"].startswith("this server does not have it: ")
    assert found.values == {"fine": {"one": 1}}


def test_refused_object_is_a_missing_grant(database):
    """A refused object is named among the missing grants."""
    database.execute("CREATE TABLE secrets (id int)")
    with reader_of(database) as reader:
        found = measured(reader, Check("secrets", "Counts.", "SELECT count(*) FROM public.secrets"), FINE)
    assert found.missing_grants == {'what "stranger" needs against: permission denied for table secrets': ["secrets"]}
    assert found.values == {"fine": {"one": 1}}


def test_broken_query_shows_servers_words(database):
    """A broken query is sent with the servers words."""
    with reader_of(database) as reader:
        found = measured(reader, Check("broken", "Divides.", "SELECT 1 / 0"), FINE)
    assert found.failed == {"broken": "division by zero"}
    assert found.values == {"fine": {"one": 1}}


def test_without_time_left_nothing_more_is_asked(database):
    with reader_of(database) as reader:
        found = measured(reader, FINE, seconds=0)
    assert found.failed == {"fine": "no time was left for it"}


def test_lost_session_ends_measuring(database):
    """A session that is lost ends the measuring."""
    suicide = Check("suicide", "Ends itself.", "SELECT pg_terminate_backend(pg_backend_pid())")
    with pytest.raises(psycopg2.OperationalError), database.session() as session:  # noqa: SIM117  (the order matters)
        with read_only(session, timedelta(seconds=2)) as reader:
            measured(reader, suicide, FINE)


def test_late_server_loss_keeps_values(database):
    """What was read stays read when the server is gone at the end."""
    with database.session() as session, read_only(session, timedelta(seconds=2)) as reader:
        assert reader.rows(SQL("SELECT 1 AS one")) == [{"one": 1}]
        database.server.query(f"SELECT pg_terminate_backend({session.info.backend_pid}, 5000)")


def test_measurements_leave_no_locks(database):
    """A measurement leaves no lock to the next."""
    database.execute("CREATE SEQUENCE s", f"GRANT SELECT ON s TO {STRANGER}")
    reading = Check("reading", "Locks.", "SELECT pg_sequence_last_value('public.s')")
    with reader_of(database) as reader:
        held = "SELECT mode FROM pg_locks WHERE relation = 'public.s'::regclass"
        measured(reader, reading, FINE)
        assert database.query(held) == []


def test_login_limits_do_not_end_check(server, database):
    """Limits of the login itself do not end the check."""
    database.server.query("CREATE ROLE hurried LOGIN PASSWORD 's3cret'")
    names = ["statement_timeout", "idle_in_transaction_session_timeout", "transaction_timeout"]
    try:
        for name in names:
            database.server.query(f"ALTER ROLE hurried SET {name} = '150ms'")
        with reader_of(database, user="hurried") as reader:
            found = measured(reader, Check("slow", "Sleeps.", "SELECT 1 AS one FROM pg_sleep(0.3)"), FINE)
    finally:
        database.server.query("DROP ROLE hurried")
    assert found.values == {"slow": {"one": 1}, "fine": {"one": 1}}
