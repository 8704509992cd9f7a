-- The standard schema was dropped and made anew, as reset scripts do.
DROP SCHEMA public;
CREATE SCHEMA public;
CREATE TABLE t (id integer PRIMARY KEY);
INSERT INTO t SELECT generate_series(1, 10);
