-- extensions: pg_trgm
CREATE EXTENSION pg_trgm;
CREATE TABLE titles (title text, alike real GENERATED ALWAYS AS (similarity(title, 'junk')) STORED);
INSERT INTO titles SELECT 'junk number ' || i FROM generate_series(1, 500) i;
CREATE INDEX titles_gin ON titles USING gin (title gin_trgm_ops);
CREATE INDEX titles_gist ON titles USING gist (title gist_trgm_ops (siglen = 64));
