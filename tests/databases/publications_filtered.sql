-- minimum: 15
-- Publications of rows, columns and schemas.
CREATE SCHEMA shared;
CREATE TABLE shared.a (id integer PRIMARY KEY, region text, note text);
INSERT INTO shared.a VALUES (1, 'x', 'y');
CREATE PUBLICATION by_column FOR TABLE shared.a (id, note) WHERE (id > 0);
CREATE PUBLICATION by_schema FOR TABLES IN SCHEMA shared;
