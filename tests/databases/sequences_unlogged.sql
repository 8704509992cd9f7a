-- minimum: 15
-- Unlogged sequences, and one that an unlogged table owns.
CREATE UNLOGGED SEQUENCE forgetful;
SELECT nextval('forgetful') FROM generate_series(1, 5);
CREATE UNLOGGED TABLE scratch (id serial, note text);
INSERT INTO scratch (note) VALUES ('a'), ('b');
