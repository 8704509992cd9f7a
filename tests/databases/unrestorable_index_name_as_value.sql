-- verdict: failed
-- A regclass value naming an index: rows are restored before indexes are made, so the name is not yet known.
CREATE TABLE watched (id integer);
CREATE INDEX watched_by_id ON watched (id);
CREATE TABLE maintenance (index regclass, rebuilt_at timestamptz);
INSERT INTO maintenance VALUES ('watched_by_id', '2025-01-01 00:00+00');
