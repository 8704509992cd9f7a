-- features: lz4
-- A column that asks for lz4, which a server may be built without.
CREATE TABLE packed (body text COMPRESSION lz4);
INSERT INTO packed VALUES (repeat('junk', 100000)), ('short');
