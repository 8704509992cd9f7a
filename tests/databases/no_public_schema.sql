-- The standard schema is gone, and everything lives elsewhere.
DROP SCHEMA public;
CREATE SCHEMA app;
CREATE TABLE app.t (id integer PRIMARY KEY);
INSERT INTO app.t SELECT generate_series(1, 10);
