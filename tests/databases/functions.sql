-- Routines of every kind, qualified where they are called from indexes, checks and defaults.
CREATE SCHEMA lib;
CREATE TYPE lib.pair AS (a integer, b text);
CREATE FUNCTION lib.half(x integer) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT x / 2';
CREATE FUNCTION lib.quarter(x integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE SET search_path = lib, pg_temp AS $f$ BEGIN RETURN half(half(x)); END $f$;
CREATE FUNCTION lib.pairs(n integer DEFAULT 3, VARIADIC more text[] DEFAULT '{}') RETURNS SETOF lib.pair LANGUAGE sql AS $$ SELECT i, more[i] FROM generate_series(1, n) i $$;
CREATE FUNCTION lib.standard(a integer, OUT b integer, INOUT c text) LANGUAGE sql BEGIN ATOMIC SELECT $1 + 1, $2 || 'x'; END;
CREATE FUNCTION lib.as_table(k text) RETURNS TABLE (id integer, name text) LANGUAGE plpgsql SECURITY DEFINER COST 5 ROWS 7 AS $outer$ BEGIN RETURN QUERY EXECUTE $inner$ SELECT 1, 'a'::text $inner$; END $outer$;
CREATE PROCEDURE lib.do_it(INOUT a integer) LANGUAGE plpgsql AS $$ BEGIN a := a + 1; COMMIT; END $$;
CREATE FUNCTION lib.poly(anyelement, anyarray) RETURNS anyelement LANGUAGE sql AS 'SELECT coalesce($1, $2[1])';
CREATE AGGREGATE lib.product(numeric) (SFUNC = numeric_mul, STYPE = numeric, INITCOND = '1');
CREATE FUNCTION lib.same(lib.pair, lib.pair) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1.a = $2.a';
CREATE OPERATOR lib.=== (LEFTARG = lib.pair, RIGHTARG = lib.pair, FUNCTION = lib.same, COMMUTATOR = OPERATOR(lib.===));
CREATE FUNCTION lib.from_integer(integer) RETURNS lib.pair LANGUAGE sql IMMUTABLE AS $$ SELECT ROW($1, 'made')::lib.pair $$;
CREATE CAST (integer AS lib.pair) WITH FUNCTION lib.from_integer(integer);
CREATE FUNCTION lib.compare_backwards(integer, integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT btint4cmp($2, $1)';
CREATE OPERATOR FAMILY lib.backwards USING btree;
CREATE OPERATOR CLASS lib.backwards FOR TYPE integer USING btree FAMILY lib.backwards AS
    OPERATOR 1 >, OPERATOR 2 >=, OPERATOR 3 =, OPERATOR 4 <=, OPERATOR 5 <, FUNCTION 1 lib.compare_backwards(integer, integer);
CREATE TABLE used (
    id integer DEFAULT lib.half(10) CHECK (lib.quarter(id) >= 0),
    h integer GENERATED ALWAYS AS (lib.quarter(id)) STORED,
    p lib.pair
);
INSERT INTO used (id, p) SELECT i, i::lib.pair FROM generate_series(1, 100) i;
CREATE INDEX used_quarter ON used (lib.quarter(id));
CREATE INDEX used_backwards ON used (id lib.backwards);
CREATE STATISTICS used_half ON (lib.half(id)), h FROM used;
CREATE VIEW uses AS SELECT u.id, (lib.standard(u.id, 'c')).b FROM used u;
-- Its body names a table that exists no more: a restore must not check bodies.
CREATE TABLE vanishing (id integer);
CREATE FUNCTION lib.reads_vanished() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM vanishing';
DROP TABLE vanishing;
CREATE FUNCTION lib.primary_key_needed() RETURNS text LANGUAGE sql AS 'SELECT $a$ $b$ ; '' -- /* $a$';
