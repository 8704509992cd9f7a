-- extensions: postgres_fdw
-- Tables that live in another server: their rows are not in a dump, and counting them would reach out.
CREATE EXTENSION postgres_fdw;
CREATE SERVER warehouse FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'warehouse.invalid', dbname 'w');
CREATE USER MAPPING FOR PUBLIC SERVER warehouse OPTIONS (user 'reader', password 'not-a-secret');
CREATE FOREIGN TABLE stock (id integer OPTIONS (column_name 'ID'), name text) SERVER warehouse OPTIONS (table_name 'stock');
CREATE TABLE here (id integer);
INSERT INTO here VALUES (1);
CREATE TABLE by_place (id integer, place text) PARTITION BY LIST (place);
CREATE TABLE by_place_here PARTITION OF by_place FOR VALUES IN ('here');
INSERT INTO by_place VALUES (1, 'here'), (2, 'here');
CREATE FOREIGN TABLE by_place_there PARTITION OF by_place FOR VALUES IN ('there') SERVER warehouse;
CREATE VIEW stocked AS SELECT * FROM stock;
