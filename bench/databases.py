"""Databases to measure with: words, JSON, numbers, times and random identifiers in about the mix of a business.

They are made by the server in whole sets, the same each time.  Text is drawn from 4 000 words of which few are common,
as in a language, so that it compresses as text does and not as repeated rows do.
"""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

import psycopg2

from emulator import postgres
from lambdas.shared.connection import Connection

MIDDLING_TABLES = 48
_ROWS_PER_GIGABYTE = 2_100_000  # of messages, with the smaller tables and all indexes beside them
_ROWS_OF_MIDDLING = 2_400_000

_WORDS = """
SELECT setseed(0.42);
CREATE UNLOGGED TABLE bench_words AS
SELECT n, (SELECT string_agg(substr('bcdfghklmnprstvw', 1 + floor(random() * 16)::int, 1)
                  || substr('aeiou', 1 + floor(random() * 5)::int, 1), '')
           FROM generate_series(1, 1 + n % 4) AS syllable) AS word
FROM generate_series(0, 3999) AS n;
CREATE UNLOGGED TABLE bench_phrases AS
WITH drawn AS MATERIALIZED (
    SELECT p, place, floor(power(4000, random()))::int - 1 AS n
    FROM generate_series(0, 99999) AS p, generate_series(1, 9) AS place
)
SELECT p, string_agg(word, ' ' ORDER BY place) AS phrase FROM drawn JOIN bench_words USING (n) GROUP BY p;
ANALYZE bench_phrases;
"""
_FORGET_WORDS = "DROP TABLE bench_words, bench_phrases"

_MESSAGES = """
CREATE TABLE {table} (
    id bigint NOT NULL, order_id bigint NOT NULL, sent_at timestamptz NOT NULL, channel text NOT NULL,
    body text NOT NULL, context jsonb NOT NULL, cost numeric(10, 4) NOT NULL, seen boolean NOT NULL
);
INSERT INTO {table}
SELECT i, 1 + (i / 12 + x % 50) % {orders}, '2025-01-01'::timestamptz + i * interval '7.3 seconds',
       (ARRAY['app', 'email', 'sms'])[1 + i % 3],
       CASE x % 5 WHEN 0 THEN a.phrase || '. ' || b.phrase
           WHEN 1 THEN 'Your pickup on day ' || x % 365 || ' is confirmed. The crew arrives between ' || x % 9 + 8
               || ':00 and ' || x % 9 + 10 || ':00. Please leave a note at the door: ' || a.phrase
           WHEN 2 THEN 'Thank you! We have charged ' || x / 10000.0 || ' to your card. Collected: ' || a.phrase
           WHEN 3 THEN 'The crew is on its way and will be there in ' || x % 55 || ' minutes.'
           ELSE 'Quote ' || x || ' is ready; it is valid for 14 days. Remarks: ' || a.phrase END,
       jsonb_build_object('trace', uuid, 'device', (ARRAY['ios', 'android', 'web'])[1 + x % 3],
                          'latency_ms', x % 2000, 'retries', x % 3,
                          'address', '10.' || x % 255 || '.' || x % 199 || '.7'),
       x / 10000.0, x % 5 > 0
FROM (
    SELECT i, floor(random() * 100000)::int AS p, floor(random() * 100000)::int AS q,
           floor(random() * 1000000)::int AS x, md5((i / 4)::text)::uuid AS uuid
    FROM generate_series(1, {rows}) AS i
    OFFSET 0
) AS drawn
JOIN bench_phrases a ON a.p = drawn.p JOIN bench_phrases b ON b.p = drawn.q
ORDER BY i;
ALTER TABLE {table} ADD PRIMARY KEY (id);
CREATE INDEX ON {table} (order_id);
"""

_BUSINESS = """
CREATE TABLE customers (id bigint PRIMARY KEY, full_name text NOT NULL, email text UNIQUE, preferences jsonb NOT NULL);
INSERT INTO customers
SELECT i, initcap(split_part(phrase, ' ', 1) || ' ' || split_part(phrase, ' ', 2)), 'customer' || i || '@example.com',
       jsonb_build_object('newsletter', i % 2 = 0, 'language', (ARRAY['en', 'de', 'fr'])[1 + i % 3])
FROM generate_series(1, {customers}) AS i JOIN bench_phrases ON p = i % 100000 ORDER BY i;
CREATE TABLE orders (
    id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers, status text NOT NULL,
    quoted numeric(12, 2) NOT NULL, details jsonb NOT NULL, created_at timestamptz NOT NULL
);
INSERT INTO orders
SELECT i, 1 + (i::bigint * 31) % {customers}, (ARRAY['booked', 'collected', 'paid', 'cancelled'])[1 + i % 4],
       (random() * 900)::numeric(12, 2), jsonb_build_object('note', phrase, 'stairs', i % 6),
       '2025-01-01'::timestamptz + i * interval '51 seconds'
FROM generate_series(1, {orders}) AS i JOIN bench_phrases ON p = i % 100000 ORDER BY i;
CREATE TABLE payments (
    id bigint PRIMARY KEY, order_id bigint NOT NULL REFERENCES orders, net numeric(12, 2) NOT NULL,
    reference uuid NOT NULL, paid_at timestamptz NOT NULL
);
INSERT INTO payments
SELECT i, i, (random() * 900)::numeric(12, 2), gen_random_uuid(), '2025-02-01'::timestamptz + i * interval '53 seconds'
FROM generate_series(1, {orders}) AS i;
"""
_MESSAGES_OF_ORDERS = (
    "ALTER TABLE messages ADD FOREIGN KEY (order_id) REFERENCES orders; CREATE INDEX ON messages (sent_at)"
)


@dataclass(frozen=True)
class Database:
    """A database on the measured server; `tables` and `bytes` are what it holds."""

    server: postgres.Server
    name: str
    critical_tables: tuple[str, ...]
    tables: tuple[str, ...]
    bytes: int


def one_large_table(server: postgres.Server, name: str, gigabytes: float) -> Database:
    """A business whose messages are nine tenths of its data."""
    rows = round(gigabytes * _ROWS_PER_GIGABYTE)
    sizes = {"customers": max(rows // 50, 10), "orders": max(rows // 12, 10)}

    def fill(session: Connection) -> None:
        _run(session, _BUSINESS.format(**sizes))
        _run(session, _MESSAGES.format(table="messages", rows=rows, **sizes))
        _run(session, _MESSAGES_OF_ORDERS)

    return _make(server, name, ("public.customers", "public.orders", "public.payments"), fill)


def many_middling_tables(server: postgres.Server, name: str, gigabytes: float) -> Database:
    """As many rows in tables of one size, none of which dominates."""
    rows = round(gigabytes * _ROWS_OF_MIDDLING) // MIDDLING_TABLES

    def fill(session: Connection) -> None:
        for number in range(1, MIDDLING_TABLES + 1):
            _run(session, _MESSAGES.format(table=f"log_{number:02}", rows=rows, orders=max(rows // 12, 10)))

    return _make(server, name, ("public.log_01", "public.log_02"), fill)


def _make(
    server: postgres.Server, name: str, critical: tuple[str, ...], fill: Callable[[Connection], None]
) -> Database:
    with closing(psycopg2.connect(server.url())) as session:
        session.autocommit = True
        _run(session, f"CREATE DATABASE {name} TEMPLATE template0")
    with closing(psycopg2.connect(server.url(name))) as session:
        session.autocommit = True
        _run(session, _WORDS)
        fill(session)
        _run(session, _FORGET_WORDS)
        _run(session, "VACUUM (FREEZE, ANALYZE)")
        _run(session, "CHECKPOINT")
        with session.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            [(size,)] = cursor.fetchall()
            cursor.execute("SELECT relname FROM pg_stat_user_tables ORDER BY 1")
            tables = tuple(table for (table,) in cursor)
    return Database(server, name, critical, tables, size)


def _run(session: Connection, statements: str) -> None:
    with session.cursor() as cursor:
        cursor.execute(statements)
