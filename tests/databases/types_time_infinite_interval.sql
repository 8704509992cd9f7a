-- minimum: 17
-- Infinite intervals, which servers know since version 17.
CREATE TABLE endless (span interval);
INSERT INTO endless VALUES ('infinity'), ('-infinity'), ('1 day');
