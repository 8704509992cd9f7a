-- minimum: 17
-- Collations of the server's own provider, which need neither the C library nor ICU.
CREATE COLLATION own (provider = builtin, locale = 'C.UTF-8');
CREATE TABLE words (a text COLLATE pg_c_utf8, b text COLLATE own);
INSERT INTO words VALUES ('É', 'ß'), ('é', 'SS');
CREATE INDEX words_lower ON words (lower(a));
