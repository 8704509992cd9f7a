-- verdict: failed
-- A check calls a function that finds a table through the session's search_path, which a restore leaves empty.
CREATE TABLE allowed (code text PRIMARY KEY);
INSERT INTO allowed VALUES ('a'), ('b');
CREATE FUNCTION is_allowed(text) RETURNS boolean LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN EXISTS (SELECT FROM allowed WHERE code = $1); END $$;
CREATE TABLE guarded (code text CHECK (is_allowed(code)));
INSERT INTO guarded VALUES ('a'), ('b');
