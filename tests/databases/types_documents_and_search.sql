-- json keeps its text as written, jsonb does not; search vectors and queries; jsonpath.
CREATE TABLE documents (id integer PRIMARY KEY, written json, parsed jsonb, path jsonpath);
INSERT INTO documents VALUES
    (1, '{"a":1, "a":2,   "b" : [ ] }', '{"a":1, "a":2, "b":[]}', '$.a[*] ? (@ > 1)'),
    (2, 'null', 'null', '$'), (3, '""', '""', 'strict $."quo\"te".type()'),
    (4, '1e400', '1e400', '$.**{2 to last}'), (5, '"\u00e9\ud83d\ude00 \\u0000"', '"\u00e9\ud83d\ude00 \\u0000"', NULL),
    (6, ' [1,[2,[3,[4,{"":{}}]]]] ', '[1,[2,[3,[4,{"":{}}]]]]', NULL),
    (7, '-0.0', '-0.0', NULL), (8, '1.10', '1.10', NULL), (9, NULL, NULL, NULL);
INSERT INTO documents (id, parsed) SELECT 10, jsonb_object_agg('key ' || i, repeat('v', 100)) FROM generate_series(1, 10000) i;
CREATE INDEX documents_parsed ON documents USING gin (parsed);
CREATE INDEX documents_path ON documents USING gin (parsed jsonb_path_ops);
CREATE TEXT SEARCH DICTIONARY plain_words (TEMPLATE = simple, STOPWORDS = english);
CREATE TEXT SEARCH CONFIGURATION house (COPY = english);
ALTER TEXT SEARCH CONFIGURATION house ALTER MAPPING FOR asciiword WITH plain_words;
CREATE TABLE searched (vector tsvector, query tsquery);
INSERT INTO searched VALUES
    ('', ''), ('''it''''s'':1A,2B ''a b'':3 ''\\'':16383', '!( ''it''''s'':A* & b <-> c ) | d <2> e'),
    (to_tsvector('house', 'The quick brown sofas of the junk yard'), to_tsquery('house', 'sofas & !lamp')), (NULL, NULL);
CREATE INDEX searched_vector ON searched USING gist (vector);
