-- Large objects: text, every byte, empty, several pages long, sparse, at a chosen number, and one nothing points to.
CREATE TABLE attachments (id integer PRIMARY KEY, content oid);
INSERT INTO attachments SELECT 1, lo_from_bytea(0, 'plain text');
INSERT INTO attachments SELECT 2, lo_from_bytea(0, decode(string_agg(lpad(to_hex(i), 2, '0'), ''), 'hex')) FROM generate_series(0, 255) i;
INSERT INTO attachments SELECT 3, lo_from_bytea(0, '');
INSERT INTO attachments SELECT 4, lo_from_bytea(0, decode(string_agg(md5(i::text), ''), 'hex')) FROM generate_series(1, 100000) i;
INSERT INTO attachments SELECT 5, lo_from_bytea(987654321, 'at its own number');
INSERT INTO attachments SELECT 6, lo_create(0);
SELECT lo_put(content, 1000000, 'after a hole') FROM attachments WHERE id = 6;
SELECT lo_from_bytea(0, 'orphan');
COMMENT ON LARGE OBJECT 987654321 IS 'a large object''s comment';
