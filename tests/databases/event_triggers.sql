-- Event triggers that refuse every change of the schema: made last in a restore, they refuse what comes after it.
CREATE TABLE frozen (id integer PRIMARY KEY);
INSERT INTO frozen SELECT generate_series(1, 10);
CREATE TABLE changes (at timestamptz, tag text);
CREATE FUNCTION refuse_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the schema is frozen: %', tg_tag; END $$;
CREATE FUNCTION note_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.changes VALUES (now(), tg_tag); END $$;
CREATE EVENT TRIGGER noted ON ddl_command_end EXECUTE FUNCTION note_ddl();
CREATE EVENT TRIGGER dropped ON sql_drop WHEN TAG IN ('DROP TABLE', 'DROP SCHEMA') EXECUTE FUNCTION note_ddl();
ALTER EVENT TRIGGER dropped DISABLE;
CREATE EVENT TRIGGER refused ON ddl_command_start EXECUTE FUNCTION refuse_ddl();
