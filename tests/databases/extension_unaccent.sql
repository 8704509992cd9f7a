-- extensions: unaccent
-- The usual immutable wrapper, qualified so that an empty search_path finds everything.
CREATE EXTENSION unaccent;
CREATE FUNCTION plain(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT public.unaccent('public.unaccent'::regdictionary, $1) $$;
CREATE TEXT SEARCH CONFIGURATION french_plain (COPY = french);
ALTER TEXT SEARCH CONFIGURATION french_plain ALTER MAPPING FOR hword, hword_part, word WITH unaccent, french_stem;
CREATE TABLE dishes (name text, search tsvector GENERATED ALWAYS AS (to_tsvector('public.french_plain', name)) STORED);
INSERT INTO dishes (name) VALUES ('crème brûlée'), ('garçon'), ('Hôtel');
CREATE INDEX dishes_plain ON dishes (plain(name));
