-- A regrole value and a user mapping name roles outside grants: they must exist even where owners are left out.
-- extensions: postgres_fdw
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'zoo keeper') THEN CREATE ROLE "zoo keeper"; END IF;
END $$;
CREATE EXTENSION postgres_fdw;
CREATE TABLE responsible (who regrole, what text);
INSERT INTO responsible VALUES ('"zoo keeper"', 'lions');
CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'elsewhere.invalid');
CREATE USER MAPPING FOR "zoo keeper" SERVER elsewhere OPTIONS (user 'reader');
