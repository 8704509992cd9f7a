-- Rules and triggers that would change rows if they ran during a restore, and their enabled states.
CREATE TABLE ledger (id integer PRIMARY KEY, amount integer);
CREATE TABLE ledger_log (id integer GENERATED ALWAYS AS IDENTITY, ledger_id integer, what text);
INSERT INTO ledger SELECT i, i FROM generate_series(1, 100) i;
CREATE FUNCTION log_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.ledger_log (ledger_id, what) VALUES (NEW.id, TG_OP); RETURN NEW; END $$;
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no rows are accepted here'; END $$;
CREATE TRIGGER logged BEFORE INSERT OR UPDATE ON ledger FOR EACH ROW EXECUTE FUNCTION log_it();
CREATE TRIGGER refused BEFORE INSERT ON ledger FOR EACH ROW EXECUTE FUNCTION refuse();
CREATE TRIGGER always_refused BEFORE TRUNCATE ON ledger EXECUTE FUNCTION refuse();
ALTER TABLE ledger ENABLE ALWAYS TRIGGER refused, DISABLE TRIGGER logged, ENABLE REPLICA TRIGGER always_refused;
CREATE CONSTRAINT TRIGGER checked AFTER INSERT ON ledger_log DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse();
CREATE TRIGGER sums AFTER UPDATE ON ledger REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE TABLE swallowed (id integer);
INSERT INTO swallowed VALUES (1), (2);
CREATE RULE swallow AS ON INSERT TO swallowed DO INSTEAD NOTHING;
CREATE RULE copy_out AS ON UPDATE TO ledger WHERE NEW.amount > 10 DO ALSO INSERT INTO ledger_log (ledger_id, what) VALUES (NEW.id, 'rule');
CREATE VIEW big AS SELECT * FROM ledger WHERE amount > 50 WITH CASCADED CHECK OPTION;
CREATE TRIGGER into_big INSTEAD OF INSERT ON big FOR EACH ROW EXECUTE FUNCTION refuse();
CREATE VIEW grouped WITH (security_barrier) AS SELECT id, amount, count(*) FROM ledger GROUP BY id;
