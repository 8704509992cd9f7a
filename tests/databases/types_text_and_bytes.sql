-- Text and bytes: NUL bytes, ten megabytes, COPY's own escapes, trailing blanks, compressed and plain storage.
CREATE TABLE texts (id integer PRIMARY KEY, body text, fixed char(5), limited varchar(3), one "char", system_name name, bytes bytea);
INSERT INTO texts VALUES
    (1, '', '', '', '', '', ''),
    (2, NULL, NULL, NULL, NULL, NULL, NULL),
    (3, E'\\N', E'\\N', E'\\N', 'x', E'\\N', '\x5c4e'),
    (4, E'\\.', E'\\.', E'\\.', E'\\', E'\\.', '\x5c2e'),
    (5, E'tab\tnew\nreturn\rbell\x07back\bfeed\fvertical\x0b\x01\x7f', E'\t', E'\n', E'\t', E'\n', '\x00'),
    (6, 'combining é, right to left שלום, wide 漢字, planes 𝕁😀👩‍👩‍👧', 'é  ', '😀', 'é', 'ñ', '\x0000000000'),
    (7, '   blanks   ', ' a   ', 'a  ', ' ', ' n ', decode(repeat('00ff', 50), 'hex')),
    (8, '{"not": "json', '"', '''', '"', '"', '\xdeadbeef'),
    (9, E'line one\nline two\n', 'NULL', 'NUL', 'N', 'NULL', '\x4e554c4c');
-- Bytes 0 to 255 in a "char" beside plain letters: high ones are shown as octal escapes.
INSERT INTO texts (id, one) SELECT 1000 + i, i::"char" FROM generate_series(-128, 127) i;
INSERT INTO texts (id, body) VALUES (100, repeat('junk', 2621440));
INSERT INTO texts (id, body) SELECT 101, string_agg(md5(i::text), '') FROM generate_series(1, 327680) i;
INSERT INTO texts (id, bytes) SELECT 102, decode(string_agg(md5(i::text), ''), 'hex') FROM generate_series(1, 65536) i;
INSERT INTO texts (id, bytes) VALUES (103, decode(repeat('00', 5000000), 'hex'));
CREATE TABLE stored (external text, extended text, main text, plain text);
ALTER TABLE stored ALTER external SET STORAGE EXTERNAL, ALTER extended SET STORAGE EXTENDED,
    ALTER main SET STORAGE MAIN, ALTER plain SET STORAGE PLAIN, ALTER extended SET COMPRESSION pglz;
INSERT INTO stored SELECT repeat('e', 9000), repeat('x', 90000), repeat('m', 9000), repeat('p', 900) FROM generate_series(1, 3);
