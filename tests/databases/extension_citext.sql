-- extensions: citext
CREATE EXTENSION citext;
CREATE TABLE people (email citext PRIMARY KEY, aliases citext[], CHECK (email ~ '@'));
INSERT INTO people VALUES ('Ada@Example.com', '{ada,ADA}'), ('ben@example.com', '{}');
CREATE INDEX people_pattern ON people (email citext_pattern_ops);
CREATE VIEW found AS SELECT * FROM people WHERE email = 'ADA@example.com';
