from contextlib import closing

import psycopg2
import pytest
from psycopg2 import errors, sql

from demo.sample.database import load
from emulator import postgres

SCHEMAS = ("public", "audit", "reporting")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with postgres.server(tmp_path_factory.mktemp("sample") / "data") as running:
        yield running


def filled(server, database):
    with closing(psycopg2.connect(server.url())) as connection:
        connection.autocommit = True
        connection.cursor().execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
    load(server.url(database))
    return server.url(database)


@pytest.fixture(scope="module")
def sample(server):
    return filled(server, "sample")


@pytest.fixture
def cursor(sample):
    with closing(psycopg2.connect(sample)) as connection:
        yield connection.cursor()


def contents(url):
    """Row count and checksum of every table and materialized view."""
    with closing(psycopg2.connect(url)) as connection:
        cursor = connection.cursor()
        cursor.execute(
            "SELECT oid::regclass::text FROM pg_class"
            " WHERE relkind IN ('r', 'm') AND relnamespace::regnamespace::text = ANY(%s)",
            [list(SCHEMAS)],
        )
        found = {}
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT count(*), md5(string_agg(t::text, '' ORDER BY t::text)) FROM {table} t")
            found[table] = cursor.fetchone()
    return found


def test_sample_has_its_rows(sample):
    """It holds some hundred thousand rows and fills its view."""
    counts = {table: count for table, (count, _) in contents(sample).items()}
    assert sum(counts.values()) > 400_000
    assert counts["orders"] == 60_000
    assert counts["payments_other"] > 0
    assert counts["reporting.monthly_revenue"] > 60


def test_every_load_gives_the_same_rows(server, sample):
    assert contents(filled(server, "sample again")) == contents(sample)


def test_second_load_is_refused(sample):
    """A second load is refused and changes nothing."""
    before = contents(sample)
    with pytest.raises(errors.DuplicateSchema):
        load(sample)
    assert contents(sample) == before


def test_truck_double_booking_is_refused(cursor):
    """A truck cannot be booked twice at the same time."""
    with pytest.raises(errors.ExclusionViolation):
        cursor.execute(
            "INSERT INTO pickups (order_id, truck_id, driver_id, scheduled)"
            " SELECT order_id, truck_id, driver_id, scheduled FROM pickups WHERE status = 'done' LIMIT 1"
        )


def test_the_tax_of_a_payment_is_computed(cursor):
    cursor.execute("SELECT count(*) FROM payments WHERE tax <> round(net * tax_rate, 2) OR gross <> net + tax")
    assert cursor.fetchone() == (0,)


def test_a_change_of_status_is_audited(cursor):
    cursor.execute("UPDATE orders SET status = 'booked' WHERE id = 60000")
    cursor.execute("SELECT action, entity_id, changes FROM audit.events ORDER BY id DESC LIMIT 1")
    assert cursor.fetchone() == ("status_changed", 60000, {"from": "quoted", "to": "booked"})


def test_unprivileged_login_sees_own_messages(cursor):
    """A login without privileges sees its own messages only."""
    cursor.execute(
        "CREATE ROLE app; GRANT SELECT ON messages TO app; SET LOCAL ROLE app; SET LOCAL junkos.user_id = '18'"
    )
    cursor.execute("SELECT DISTINCT sender_id FROM messages")
    assert cursor.fetchall() == [(18,)]
