-- The reg* types: kept by number, written by name, so a restore gives other numbers for the same names.
CREATE SCHEMA elsewhere;
CREATE TABLE elsewhere.target (id integer PRIMARY KEY, note text);
CREATE FUNCTION elsewhere.twice(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 2 * $1';
CREATE TABLE names (id integer PRIMARY KEY, plain oid, class regclass, kind regtype, called regproc, exact regprocedure, symbol regoper, exact_symbol regoperator, space regnamespace, config regconfig, dictionary regdictionary, sorting regcollation);
INSERT INTO names VALUES
    (1, 0, 'elsewhere.target', 'elsewhere.target', 'elsewhere.twice', 'elsewhere.twice(integer)', 'pg_catalog.||/', '+(integer,integer)', 'elsewhere', 'simple', 'simple', '"C"'),
    (2, 4294967295, 'pg_class', 'integer[]', 'now', 'now()', NULL, NULL, 'pg_catalog', 'english', 'english_stem', '"POSIX"'),
    (3, 12345, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    (4, 1, 'names', 'names', NULL, NULL, NULL, NULL, 'public', NULL, NULL, NULL);
