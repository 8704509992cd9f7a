-- Arrays with odd bounds, composites in composites, ranges and multiranges, domains over them.
CREATE TYPE colour AS ENUM ('red', 'gre"en', 'blue, dark', '');
CREATE TYPE point3 AS (x integer, y numeric, z text);
CREATE TYPE shape AS (name text, corners point3[], fill colour, parent point3);
CREATE TYPE text_range AS RANGE (subtype = text, collation = "C");
CREATE TYPE float_range AS RANGE (subtype = float8, subtype_diff = float8mi, multirange_type_name = many_floats);
CREATE DOMAIN short_list AS integer[] CHECK (cardinality(VALUE) <= 3);
CREATE TABLE arrays (id integer PRIMARY KEY, numbers integer[], texts text[], grid integer[][], colours colour[], bytes bytea[], nested shape[], few short_list, boxes box[]);
INSERT INTO arrays VALUES
    (1, '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}'),
    (2, '[-2:0]={1,2,3}', ARRAY['', NULL, 'NULL', '"', '\', ',', '{}', ' ', E'\n'], '[0:1][-5:-4]={{1,2},{3,NULL}}',
     ARRAY['gre"en', 'blue, dark', '', 'red']::colour[], ARRAY['\x00'::bytea, '\x', NULL],
     ARRAY[ROW('a "b" (c), d\', ARRAY[ROW(1, 'NaN', NULL)::point3, NULL, ROW(NULL, NULL, '')::point3], 'gre"en', ROW(1, 2, '(,)')::point3)::shape, NULL],
     '{1,2,3}', ARRAY['(1,1),(0,0)'::box, '(2,2),(1,1)'::box]),
    (3, NULL, '{{a,b},{c,d}}', '{{{{{{1}}}}}}', NULL, NULL, NULL, NULL, NULL),
    (4, '[2147483646:2147483646]={7}', '{NULL}', '{}', '{NULL}', '{NULL}', '{NULL}', NULL, NULL);
CREATE TABLE composed (id integer PRIMARY KEY, whole shape, row_of_table arrays);
INSERT INTO composed SELECT id, ROW('x', NULL, 'red', ROW(NULL, NULL, NULL))::shape, a FROM arrays a;
INSERT INTO composed VALUES (9, NULL, NULL), (10, ROW(NULL, NULL, NULL, NULL), NULL);
CREATE TABLE ranges (id integer PRIMARY KEY, i int4range, b int8range, n numrange, t tsrange, tz tstzrange, d daterange, own text_range, f float_range, many int4multirange, many_times tstzmultirange, own_many many_floats, listed int4range[]);
INSERT INTO ranges VALUES
    (1, 'empty', 'empty', 'empty', 'empty', 'empty', 'empty', 'empty', 'empty', '{}', '{}', '{}', '{}'),
    (2, '(,)', '[1,1]', '[NaN,NaN]', '(,infinity)', '[-infinity,infinity]', '[infinity,infinity]', '["a ""b"",","z\\"]', '(-0,0]',
     '{[1,3),[5,9)}', '{(,2020-01-01 00:00+00),[2021-01-01 00:00+00,)}', '{[1,2],(3,4)}', ARRAY['[1,2)'::int4range, 'empty', '(,)']),
    (3, '[-2147483648,2147483647)', '(,5]', '(1.5,)', '[,2020-01-01]', NULL, '[2020-01-01,2020-12-31]', '["",""]', '[NaN,)', '{(,)}', NULL, '{(,)}', NULL);
CREATE INDEX ranges_d ON ranges USING gist (d);
CREATE INDEX ranges_many ON ranges USING gist (many);
