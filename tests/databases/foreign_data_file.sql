-- extensions: file_fdw
-- A table read from a file of the server, which is not there any more.
CREATE EXTENSION file_fdw;
CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
CREATE FOREIGN TABLE imported (line text) SERVER files OPTIONS (filename '/nonexistent/import.csv', format 'csv');
CREATE TABLE kept (id integer);
INSERT INTO kept VALUES (1), (2);
