-- extensions: pgcrypto
CREATE EXTENSION pgcrypto;
CREATE TABLE logins (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), password text, sealed bytea, fingerprint bytea GENERATED ALWAYS AS (digest(password, 'sha256')) STORED);
INSERT INTO logins (password, sealed) SELECT crypt('p' || i, gen_salt('bf', 4)), pgp_sym_encrypt('secret', 'key') FROM generate_series(1, 20) i;
CREATE INDEX logins_digest ON logins (digest(password, 'md5'));
