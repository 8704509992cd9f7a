-- Comments on everything, with quotes and line breaks, an SQL comment's end among them.
CREATE SCHEMA commented;
COMMENT ON SCHEMA commented IS 'it''s "quoted"';
CREATE TABLE commented.t (a integer PRIMARY KEY, b text CHECK (b <> ''));
INSERT INTO commented.t VALUES (1, 'x');
COMMENT ON TABLE commented.t IS E'two\nlines */ -- ; $$ \\ 😀';
COMMENT ON COLUMN commented.t.a IS '\connect postgres';
COMMENT ON CONSTRAINT t_b_check ON commented.t IS 'on a constraint';
CREATE INDEX t_b ON commented.t (b);
COMMENT ON INDEX commented.t_b IS 'on an index';
CREATE FUNCTION commented.f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
COMMENT ON FUNCTION commented.f() IS E'line\r\nends';
CREATE TYPE commented.e AS ENUM ('a');
COMMENT ON TYPE commented.e IS '';
CREATE VIEW commented.v AS SELECT 1 AS one;
COMMENT ON COLUMN commented.v.one IS 'on a column of a view';
COMMENT ON SCHEMA public IS 'a changed comment of the standard schema';
