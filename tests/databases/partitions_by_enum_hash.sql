-- Enum values hash by their internal number, which a restore changes: the leaves get other rows, the parent the same.
CREATE TYPE shade AS ENUM ('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', 'p');
CREATE TABLE shaded (s shade, n integer) PARTITION BY HASH (s);
CREATE TABLE shaded_0 PARTITION OF shaded FOR VALUES WITH (MODULUS 4, REMAINDER 0);
CREATE TABLE shaded_1 PARTITION OF shaded FOR VALUES WITH (MODULUS 4, REMAINDER 1);
CREATE TABLE shaded_2 PARTITION OF shaded FOR VALUES WITH (MODULUS 4, REMAINDER 2);
CREATE TABLE shaded_3 PARTITION OF shaded FOR VALUES WITH (MODULUS 4, REMAINDER 3);
INSERT INTO shaded SELECT s, n FROM unnest(enum_range(NULL::shade)) WITH ORDINALITY v (s, k), generate_series(1, k::int * 10) n;
