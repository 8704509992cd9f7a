-- Extended statistics of each kind.
CREATE TABLE correlated (a integer, b integer, c text);
INSERT INTO correlated SELECT i % 10, i % 10, 'c' || i % 5 FROM generate_series(1, 1000) i;
CREATE STATISTICS dependent (dependencies, ndistinct, mcv) ON a, b, c FROM correlated;
CREATE STATISTICS "on an expression" ON (a + b) FROM correlated;
ALTER STATISTICS dependent SET STATISTICS 200;
ANALYZE correlated;
