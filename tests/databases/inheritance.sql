-- Plain inheritance: several parents, rows in parents and children, columns moved, dropped and overridden.
CREATE TABLE things (id integer PRIMARY KEY, name text DEFAULT 'thing', CHECK (id > 0), CHECK (name <> '') NO INHERIT);
CREATE TABLE owned (owner text NOT NULL, id integer);
CREATE TABLE vehicles (wheels integer, name text DEFAULT 'vehicle') INHERITS (things, owned);
CREATE TABLE trucks (load numeric) INHERITS (vehicles);
CREATE TABLE late_child (owner text NOT NULL, extra text, id integer);
ALTER TABLE late_child INHERIT owned;
ALTER TABLE vehicles DROP COLUMN wheels;
INSERT INTO things SELECT i FROM generate_series(1, 10) i;
INSERT INTO owned VALUES ('me', 1);
INSERT INTO vehicles (id, owner) SELECT i, 'o' FROM generate_series(11, 30) i;
INSERT INTO trucks (id, owner, load) SELECT i, 'o', i FROM generate_series(31, 35) i;
INSERT INTO late_child VALUES ('x', 'y', 3);
CREATE TYPE row_shape AS (a integer, b text);
CREATE TABLE typed OF row_shape (a PRIMARY KEY, b WITH OPTIONS DEFAULT 'd');
INSERT INTO typed (a) VALUES (1), (2);
CREATE TABLE copied (LIKE things INCLUDING ALL);
