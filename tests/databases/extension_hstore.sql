-- extensions: hstore
CREATE SCHEMA "Ext Ra";
CREATE EXTENSION hstore WITH SCHEMA "Ext Ra";
CREATE TABLE settings (id integer PRIMARY KEY, options "Ext Ra".hstore);
INSERT INTO settings VALUES (1, '"a b"=>"c\"d", n=>NULL, ""=>""'), (2, ''), (3, NULL);
CREATE INDEX settings_options ON settings USING gin (options);
CREATE INDEX settings_tree ON settings USING gist (options "Ext Ra".gist_hstore_ops (siglen = 32));
