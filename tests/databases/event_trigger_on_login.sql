-- minimum: 17
-- A login trigger that lets sessions in by a setting of this database, which a dump does not hold: where it is
-- restored, every later login is turned away unless event triggers are off.
CREATE TABLE logins (who text);
INSERT INTO logins VALUES ('first'), ('second');
CREATE FUNCTION turn_away() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('zoo.logins', true) IS DISTINCT FROM 'open' THEN
        RAISE EXCEPTION 'logins are closed';
    END IF;
END $$;
DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET zoo.logins = ''open''', current_database()); END $$;
CREATE EVENT TRIGGER closed ON login EXECUTE FUNCTION turn_away();
ALTER EVENT TRIGGER closed ENABLE ALWAYS;
