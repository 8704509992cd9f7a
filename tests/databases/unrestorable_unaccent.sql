-- extensions: unaccent
-- verdict: failed
-- The wrapper as often copied, unqualified: it works in every session and fails in the restore's index build.
CREATE EXTENSION unaccent;
CREATE FUNCTION plain(text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS $$ BEGIN RETURN unaccent($1); END $$;
CREATE TABLE dishes (name text, plain text GENERATED ALWAYS AS (plain(name)) STORED);
INSERT INTO dishes (name) VALUES ('crème brûlée');
