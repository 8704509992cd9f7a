-- minimum: 15
-- Unique with NULLs taken as equal.
CREATE TABLE single_null (a integer, b integer, UNIQUE NULLS NOT DISTINCT (a, b));
INSERT INTO single_null VALUES (1, NULL), (NULL, NULL), (NULL, 1);
