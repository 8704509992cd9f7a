"""One query that fails, for whatever reason, costs its own number and no other."""

from contextlib import contextmanager
from datetime import timedelta

import psycopg2
import pytest

from lambdas.database_check.measure import measure, server_of
from lambdas.database_check.queries import Measurement
from lambdas.database_check.reach import reach
from lambdas.shared.clock import Deadline
from tests.integration.database_check.conftest import ONLY_18, STRANGER

pytestmark = ONLY_18
FINE = Measurement("fine", "Works.", "SELECT 1 AS one")


@contextmanager
def session_of(database, statement_timeout=timedelta(seconds=2), user=STRANGER):
    login = database.server.login(user, database.name)
    with reach(lambda: login, statement_timeout, Deadline.within(20)) as reached:
        yield reached.session


def measured(session, *measurements, seconds=20):
    return measure(
        session,
        server_of(session),
        measurements,
        slow_statement=timedelta(seconds=1),
        deadline=Deadline.within(seconds),
    )


def test_a_query_that_takes_too_long_is_stopped(database):
    with session_of(database, timedelta(milliseconds=100)) as session:
        found = measured(session, Measurement("slow", "Sleeps.", "SELECT pg_sleep(60)"), FINE)
    assert found.failed == {"slow": "took longer than the statement timeout"}
    assert found.values == {"fine": {"one": 1}}


def test_a_query_that_meets_a_lock_gives_up_soon(database):
    database.execute("CREATE TABLE t (id int)", f"GRANT SELECT ON t TO {STRANGER}")
    with database.session() as migration, session_of(database) as session:
        migration.autocommit = False
        migration.cursor().execute("LOCK TABLE t IN ACCESS EXCLUSIVE MODE")
        found = measured(session, Measurement("locked", "Counts.", "SELECT count(*) FROM public.t"), FINE)
    assert found.failed == {"locked": "waited for a lock that another session holds"}
    assert found.values == {"fine": {"one": 1}}


def test_a_view_that_the_server_lacks_makes_one_absent(database):
    with session_of(database) as session:
        found = measured(session, Measurement("new", "Of tomorrow.", "SELECT * FROM pg_stat_of_tomorrow"), FINE)
    assert found.absent["new"].startswith("this server does not have it: ")
    assert found.values == {"fine": {"one": 1}}


def test_a_refused_object_is_named_among_the_missing_grants(database):
    database.execute("CREATE TABLE secrets (id int)")
    with session_of(database) as session:
        found = measured(session, Measurement("secrets", "Counts.", "SELECT count(*) FROM public.secrets"), FINE)
    assert found.missing_grants == {'what "stranger" needs against: permission denied for table secrets': ["secrets"]}
    assert found.values == {"fine": {"one": 1}}


def test_a_broken_query_is_told_with_the_servers_words(database):
    with session_of(database) as session:
        found = measured(session, Measurement("broken", "Divides.", "SELECT 1 / 0"), FINE)
    assert found.failed == {"broken": "division by zero"}
    assert found.values == {"fine": {"one": 1}}


def test_without_time_left_nothing_more_is_asked(database):
    with session_of(database) as session:
        found = measured(session, FINE, seconds=0)
    assert found.failed == {"fine": "no time was left for it"}


def test_a_session_that_is_lost_ends_the_measuring(database):
    with pytest.raises(psycopg2.OperationalError), database.session() as session:
        measured(session, Measurement("suicide", "Ends itself.", "SELECT pg_terminate_backend(pg_backend_pid())"), FINE)
