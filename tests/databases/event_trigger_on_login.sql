-- minimum: 17
-- A login trigger that turns away everybody but the superuser it was made by; it runs on every later connection.
CREATE TABLE logins (who text);
CREATE FUNCTION turn_away() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('application_name') NOT IN ('pg_dump', 'pg_restore', 'zoo') THEN
        RAISE EXCEPTION 'logins are closed';
    END IF;
END $$;
CREATE EVENT TRIGGER closed ON login EXECUTE FUNCTION turn_away();
ALTER EVENT TRIGGER closed ENABLE ALWAYS;
