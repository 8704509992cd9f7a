-- minimum: 18
-- Virtual generated columns, and constraints of version 18: not enforced, NOT NULL not yet valid, without overlaps.
CREATE TABLE computed (a integer, b integer, total integer GENERATED ALWAYS AS (a + b) VIRTUAL, note text GENERATED ALWAYS AS (upper('n' || a::text)));
INSERT INTO computed (a, b) SELECT i, i * i FROM generate_series(1, 100) i;
CREATE TABLE loose (a integer CONSTRAINT positive CHECK (a > 0) NOT ENFORCED, b integer);
INSERT INTO loose VALUES (-1, NULL), (1, 1);
ALTER TABLE loose ADD CONSTRAINT b_there NOT NULL b NOT VALID;
CREATE TABLE parents (id integer PRIMARY KEY);
CREATE TABLE orphans (parent_id integer, FOREIGN KEY (parent_id) REFERENCES parents NOT ENFORCED);
INSERT INTO orphans VALUES (404);
CREATE TABLE stays (during daterange, room int4range, PRIMARY KEY (room, during WITHOUT OVERLAPS));
INSERT INTO stays VALUES ('[2025-01-01,2025-01-05)', '[1,1]'), ('[2025-01-05,2025-01-09)', '[1,1]');
