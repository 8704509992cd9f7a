-- Materialized views: on each other, unpopulated, with indexes, and one stale: a restore refreshes it.
CREATE SCHEMA facts;
CREATE TABLE facts.sales (id integer PRIMARY KEY, kind text, amount numeric);
INSERT INTO facts.sales SELECT i, 'k' || i % 5, i FROM generate_series(1, 1000) i;
CREATE FUNCTION facts.taxed(numeric) RETURNS numeric LANGUAGE sql STABLE AS 'SELECT $1 * 1.2';
CREATE MATERIALIZED VIEW facts.by_kind AS SELECT kind, sum(facts.taxed(amount)) AS total FROM facts.sales GROUP BY kind;
CREATE UNIQUE INDEX by_kind_key ON facts.by_kind (kind);
CREATE MATERIALIZED VIEW above AS SELECT * FROM facts.by_kind WHERE total > 10;
CREATE MATERIALIZED VIEW "a first" AS SELECT count(*) FROM above;
CREATE MATERIALIZED VIEW unpopulated AS SELECT * FROM facts.sales WITH NO DATA;
CREATE INDEX unpopulated_kind ON unpopulated (kind);
CREATE MATERIALIZED VIEW stale AS SELECT * FROM facts.sales;
INSERT INTO facts.sales SELECT i, 'new', i FROM generate_series(1001, 1100) i;
CREATE VIEW over_view AS SELECT * FROM above UNION ALL SELECT 'x', 1;
CREATE RECURSIVE VIEW countdown (n) AS VALUES (5) UNION ALL SELECT n - 1 FROM countdown WHERE n > 1;
