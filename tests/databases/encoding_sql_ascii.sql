-- encoding: SQL_ASCII
-- A database that checks no encoding and holds bytes that no other encoding takes.
CREATE TABLE raw (t text);
INSERT INTO raw SELECT convert_from('\x636166e9ff80'::bytea, 'SQL_ASCII');
INSERT INTO raw VALUES ('plain');
