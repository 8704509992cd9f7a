-- extensions: uuid-ossp
CREATE SCHEMA ext;
CREATE EXTENSION "uuid-ossp" WITH SCHEMA ext;
CREATE TABLE things (id uuid PRIMARY KEY DEFAULT ext.uuid_generate_v4(), named uuid GENERATED ALWAYS AS (ext.uuid_generate_v5(ext.uuid_ns_url(), url)) STORED, url text, made uuid DEFAULT ext.uuid_generate_v1mc());
INSERT INTO things (url) SELECT 'https://example.com/' || i FROM generate_series(1, 50) i;
CREATE INDEX things_v3 ON things (ext.uuid_generate_v3(ext.uuid_ns_dns(), url));
