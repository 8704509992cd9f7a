-- Collations of the C library that every system has.
CREATE COLLATION plain (provider = libc, locale = 'C');
CREATE COLLATION copied FROM "C";
CREATE TABLE sorted (a text COLLATE "C", b text COLLATE "POSIX", c text COLLATE plain, d text COLLATE copied);
INSERT INTO sorted VALUES ('a', 'B', 'ä', 'Z'), ('', NULL, 'z', 'é');
CREATE INDEX sorted_c ON sorted (c COLLATE "C" DESC, d text_pattern_ops);
CREATE INDEX sorted_expression ON sorted ((a COLLATE "POSIX" || b));
