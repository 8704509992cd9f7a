-- extensions: btree_gist
CREATE EXTENSION btree_gist;
CREATE TABLE bookings (truck integer, driver uuid, during tstzrange, EXCLUDE USING gist (truck WITH =, during WITH &&), EXCLUDE USING gist (driver WITH =, during WITH &&) DEFERRABLE INITIALLY DEFERRED);
INSERT INTO bookings SELECT i % 3, md5(i::text)::uuid, tstzrange(timestamptz '2025-01-01 00:00+00' + i * interval '1 hour', timestamptz '2025-01-01 01:00+00' + i * interval '1 hour') FROM generate_series(1, 300) i;
CREATE INDEX bookings_text ON bookings USING gist ((truck::text));
