-- Publications of some tables and of all, and a subscription that never connected.
CREATE TABLE published (id integer PRIMARY KEY, note text);
INSERT INTO published SELECT i, 'n' FROM generate_series(1, 20) i;
CREATE TABLE also_published (id integer, UNIQUE (id));
CREATE PUBLICATION "some" FOR TABLE published WITH (publish = 'insert, update');
CREATE PUBLICATION "all of it" FOR ALL TABLES WITH (publish_via_partition_root);
CREATE PUBLICATION "of nothing";
CREATE SUBSCRIPTION never_connected CONNECTION 'host=replica.example.com dbname=junkos' PUBLICATION "some" WITH (connect = false, slot_name = NONE, enabled = false);
