-- verdict: failed
-- maximum: 16
-- The same trap in a materialized view: its refresh fails. Servers from 17 on refuse to fill such a view at all.
CREATE TABLE rates (kind text, rate numeric);
INSERT INTO rates VALUES ('a', 2);
CREATE FUNCTION rate_of(text) RETURNS numeric LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN (SELECT rate FROM rates WHERE kind = $1); END $$;
CREATE MATERIALIZED VIEW rated AS SELECT k, public.rate_of(k) FROM (VALUES ('a')) v (k);
