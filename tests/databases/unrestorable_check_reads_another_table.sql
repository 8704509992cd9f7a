-- verdict: failed
-- A check that reads a table which is restored after this one: true when the row came, false when it comes back.
CREATE TABLE z_limits (most integer);
INSERT INTO z_limits VALUES (100);
CREATE FUNCTION within_limit(integer) RETURNS boolean LANGUAGE sql STABLE AS 'SELECT coalesce($1 <= max(most), false) FROM public.z_limits';
CREATE TABLE amounts (amount integer CHECK (public.within_limit(amount)));
INSERT INTO amounts VALUES (1), (50);
