-- Policies, forced ones among them: a login that they bind would dump, and count, fewer rows than there are.
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'zoo tenant') THEN CREATE ROLE "zoo tenant"; END IF;
END $$;
CREATE TABLE tenants (id integer PRIMARY KEY, owner text, secret text);
INSERT INTO tenants SELECT i, 'o' || i % 3, md5(i::text) FROM generate_series(1, 300) i;
ALTER TABLE tenants ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenants FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON tenants USING (owner = current_user) WITH CHECK (owner = current_user);
CREATE POLICY not_deleted ON tenants AS RESTRICTIVE FOR SELECT TO PUBLIC USING (secret IS NOT NULL);
CREATE TABLE hidden (id integer);
INSERT INTO hidden VALUES (1), (2);
ALTER TABLE hidden ENABLE ROW LEVEL SECURITY;
CREATE TABLE tenant_notes (tenant_id integer, note text);
INSERT INTO tenant_notes VALUES (1, 'a');
ALTER TABLE tenant_notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY through_role ON tenant_notes FOR ALL TO "zoo tenant" USING (EXISTS (SELECT FROM tenants t WHERE t.id = tenant_id));
