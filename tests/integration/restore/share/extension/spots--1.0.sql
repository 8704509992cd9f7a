CREATE TYPE spot AS (east int, north int);
CREATE FUNCTION spot_distance(spot, spot) RETURNS int LANGUAGE sql IMMUTABLE
    RETURN abs(($1).east - ($2).east) + abs(($1).north - ($2).north);
CREATE TABLE spot_systems (id int PRIMARY KEY, name text);
INSERT INTO spot_systems VALUES (1, 'of the extension itself');
SELECT pg_catalog.pg_extension_config_dump('spot_systems', 'WHERE id >= 1000');
