-- Two thousand tables with a key, an index and a few rows each, over twenty schemas.
DO $$
BEGIN
    FOR s IN 1..20 LOOP
        EXECUTE format('CREATE SCHEMA shop_%s', s);
        FOR t IN 1..100 LOOP
            EXECUTE format('CREATE TABLE shop_%s.items_%s (id integer PRIMARY KEY, name text DEFAULT %L)', s, t, 'n');
            EXECUTE format('INSERT INTO shop_%s.items_%s SELECT generate_series(1, %s)', s, t, t % 7);
            EXECUTE format('CREATE INDEX ON shop_%s.items_%s (name)', s, t);
        END LOOP;
    END LOOP;
END $$;
