-- Tables without columns, without rows, unlogged, with dropped columns, with the most columns, with storage settings.
CREATE TABLE no_columns ();
INSERT INTO no_columns DEFAULT VALUES;
INSERT INTO no_columns DEFAULT VALUES;
CREATE TABLE all_columns_dropped (a integer, b text);
INSERT INTO all_columns_dropped VALUES (1, 'x'), (2, 'y'), (3, 'z');
ALTER TABLE all_columns_dropped DROP COLUMN a, DROP COLUMN b;
CREATE TABLE no_rows (a integer);
CREATE UNLOGGED TABLE unlogged (a integer PRIMARY KEY);
INSERT INTO unlogged SELECT generate_series(1, 100);
CREATE TABLE holes (a integer, gone text, b integer, gone_too bytea, c integer DEFAULT 3);
INSERT INTO holes VALUES (1, 'x', 2, 'y', 3);
ALTER TABLE holes DROP COLUMN gone, DROP COLUMN gone_too, ADD COLUMN late text DEFAULT 'filled';
CREATE TABLE only_generated (a integer GENERATED ALWAYS AS (1) STORED);
INSERT INTO only_generated DEFAULT VALUES;
INSERT INTO only_generated DEFAULT VALUES;
CREATE TABLE tuned (a integer, b text) WITH (fillfactor = 30, autovacuum_enabled = off, toast.autovacuum_enabled = off);
ALTER TABLE tuned ALTER b SET (n_distinct = -0.5), ALTER b SET STATISTICS 500;
INSERT INTO tuned SELECT i, 'b' || i FROM generate_series(1, 1000) i;
DO $$ BEGIN
    EXECUTE (SELECT 'CREATE TABLE widest (' || string_agg('c' || i || ' smallint', ', ') || ')' FROM generate_series(1, 1600) i);
    EXECUTE (SELECT 'INSERT INTO widest VALUES (' || string_agg(i::text, ', ') || ')' FROM generate_series(1, 1600) i);
END $$;
