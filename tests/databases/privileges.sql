-- Grants to, default privileges for and objects of roles with odd names: roles are not in a dump of one database.
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'zoo "owner" of-it') THEN CREATE ROLE "zoo ""owner"" of-it"; END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'Zoo Reader''s') THEN CREATE ROLE "Zoo Reader's" LOGIN; END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'zoo_ünïcode') THEN CREATE ROLE "zoo_ünïcode"; END IF;
END $$;
CREATE SCHEMA granted AUTHORIZATION "zoo ""owner"" of-it";
CREATE TABLE granted.t (a integer, b text);
INSERT INTO granted.t SELECT i, 'b' FROM generate_series(1, 10) i;
ALTER TABLE granted.t OWNER TO "zoo ""owner"" of-it";
GRANT SELECT (a), UPDATE (b) ON granted.t TO "Zoo Reader's" WITH GRANT OPTION;
GRANT ALL ON granted.t TO "zoo_ünïcode";
GRANT USAGE ON SCHEMA granted TO PUBLIC;
CREATE FUNCTION granted.f() RETURNS integer LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
ALTER FUNCTION granted.f() OWNER TO "Zoo Reader's";
REVOKE EXECUTE ON FUNCTION granted.f() FROM PUBLIC;
CREATE SEQUENCE granted.s;
GRANT USAGE ON SEQUENCE granted.s TO "Zoo Reader's";
ALTER DEFAULT PRIVILEGES FOR ROLE "zoo ""owner"" of-it" IN SCHEMA granted GRANT SELECT ON TABLES TO "Zoo Reader's";
ALTER DEFAULT PRIVILEGES FOR ROLE "zoo_ünïcode" REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
