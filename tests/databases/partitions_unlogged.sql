-- maximum: 17
-- Unlogged partitioned tables, which version 18 refuses to make.
CREATE UNLOGGED TABLE rough (id integer) PARTITION BY RANGE (id);
CREATE UNLOGGED TABLE rough_low PARTITION OF rough FOR VALUES FROM (0) TO (100);
INSERT INTO rough SELECT generate_series(0, 99);
