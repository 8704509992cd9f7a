"""What the restore command makes of a database that somebody else runs."""

from contextlib import closing

import psycopg2
import pytest
from psycopg2.extensions import parse_dsn

from emulator import postgres
from lambdas.shared.catalogue import Catalogue
from lambdas.shared.postgres import Login
from lambdas.shared.restore import intact
from lambdas.shared.restore.objects import Backup
from lambdas.vocabulary.backups import DUMP
from ops.backup import target as target_module
from ops.backup.restore import restore
from ops.backup.target import UNFINISHED, line_about, login_at
from ops.errors import OpsError
from tests.integration.restore.backups import pg_dump
from tests.integration.restore.conftest import BUCKET
from tests.integration.restore.test_lacking import AUTH, REFERENCED, SPOTS, with_extension_rows, without

TENANTS = """
CREATE TABLE t (a int PRIMARY KEY); INSERT INTO t VALUES (1), (2);
ALTER TABLE t ENABLE ROW LEVEL SECURITY; ALTER TABLE t FORCE ROW LEVEL SECURITY;
CREATE POLICY p ON t USING (a = 1);
CREATE TABLE k (a int REFERENCES t); INSERT INTO k VALUES (2);
ALTER TABLE k ENABLE ROW LEVEL SECURITY; ALTER TABLE k FORCE ROW LEVEL SECURITY;
CREATE MATERIALIZED VIEW seen AS SELECT * FROM t;
CREATE INDEX ON seen (a);
"""
MANY = """
DO $$ BEGIN FOR i IN 1..800 LOOP
    EXECUTE 'CREATE TABLE t' || i || ' (id serial PRIMARY KEY, x text UNIQUE, j jsonb)';
END LOOP; END $$;
INSERT INTO t1 (x) SELECT md5(i::text) FROM generate_series(1, 20000) i;
"""


@pytest.fixture
def target(database, source, request):
    """An empty database of its own owner, who is no superuser; `as_owner` and `as_superuser` are logins to it."""
    return Target(source, database("", name=" target"), f"{request.node.name[:40]} owner")


class Target:
    def __init__(self, source, url, owner):
        self.source, self.url = source, url
        self.address = {key: value for key, value in parse_dsn(url).items() if key != "password"}
        self.owner = owner
        self.execute(f"CREATE ROLE \"{owner}\" LOGIN PASSWORD 'pass'")
        self.execute(f'ALTER DATABASE "{self.address["dbname"]}" OWNER TO "{owner}"')

    @property
    def as_superuser(self):
        return Login(self.address, self.source.password)

    @property
    def as_owner(self):
        return Login({**self.address, "user": self.owner}, "pass")

    def execute(self, statement):
        with closing(psycopg2.connect(self.url)) as session, session, session.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def is_empty(self):
        [(count,)] = self.execute(
            "SELECT (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
            " WHERE nspname !~ '^pg_|^information_schema$')"
            " + (SELECT count(*) FROM pg_namespace WHERE nspname !~ '^pg_|^information_schema$|^public$')"
            " + (SELECT count(*) FROM pg_db_role_setting s JOIN pg_database d ON d.oid = setdatabase"
            "    WHERE datname = current_database())"
        )
        return count == 0


@pytest.fixture
def stored(s3, backup):
    """A stored backup of the database at a URL, as the command reads it."""

    def make(url, **options):
        catalogue = Catalogue(s3, BUCKET)
        return Backup(catalogue, catalogue.commit(backup(url, **options)).manifest)

    return make


def with_policy_for(role):
    return f"""
    DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN CREATE ROLE "{role}"; END IF; END $$;
    CREATE TABLE t (a int); INSERT INTO t VALUES (1); ALTER TABLE t ENABLE ROW LEVEL SECURITY;
    CREATE POLICY "p TO x" ON t AS RESTRICTIVE FOR SELECT TO "{role}", postgres USING (true);
    """


@pytest.fixture
def backup_naming_a_role(database, stored, target):
    """A backup with a policy for a role that is gone from the server afterwards, and at the test's end."""
    url = database(with_policy_for("a role"))
    made = stored(url)
    with closing(psycopg2.connect(url)) as session, session, session.cursor() as cursor:
        cursor.execute('DROP POLICY "p TO x" ON t; DROP ROLE "a role"')
    yield made
    target.execute('DROP TABLE IF EXISTS t; DROP ROLE IF EXISTS "a role"')


def test_policy_role_is_checked_first(backup_naming_a_role, target):
    """A role that a policy names is asked for before anything is written."""
    with pytest.raises(OpsError, match=r"lacks role a role, which policies .* \(add --create-roles") as caught:
        restore(backup_naming_a_role, target.as_superuser)
    assert len(str(caught.value).splitlines()) == 1
    assert target.is_empty()


def test_roles_are_made_without_login(backup_naming_a_role, target):
    """Roles are made on request and cannot log in."""
    restored = restore(backup_naming_a_role, target.as_superuser, create_roles=True)
    assert restored.done == ["in one transaction", "1 tables, 1 rows"]
    assert target.execute("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'a role'") == [(False,)]
    [(roles,)] = target.execute("SELECT polroles::regrole[]::text[] FROM pg_policy")
    assert set(roles) == {'"a role"', "postgres"}


def test_refused_roles_show_the_statement(backup_naming_a_role, target):
    """Roles that the login may not make are named with the statement."""
    with pytest.raises(OpsError, match=r'may not make role .a role. .* CREATE ROLE "?a role"? NOLOGIN'):
        restore(backup_naming_a_role, target.as_owner, create_roles=True)
    assert target.is_empty()


def test_failed_restore_removes_roles(backup_naming_a_role, target, s3):
    """Roles are taken back when the restore fails."""
    key = backup_naming_a_role.manifest.backup + DUMP
    body = s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
    s3.put_object(Bucket=BUCKET, Key=key, Body=body[:-1] + bytes([body[-1] ^ 1]))
    with pytest.raises(Exception, match=r"SHA-256|zstandard"):
        restore(backup_naming_a_role, target.as_superuser, create_roles=True)
    assert target.execute("SELECT FROM pg_roles WHERE rolname = 'a role'") == []
    assert target.is_empty()


def test_forced_row_security_hides_nothing(database, stored, target):
    """Forced row security hides no row from an owner."""
    restored = restore(stored(database(TENANTS), critical=[("public", "t")]), target.as_owner)
    assert restored.done[1:] == ["2 tables, 3 rows", "1 critical tables, 2 rows"]
    assert target.execute("SELECT count(*) FROM seen") == [(2,)]
    assert target.execute("SELECT relforcerowsecurity FROM pg_class WHERE relname IN ('t', 'k')") == [(True,), (True,)]
    assert target.execute("SELECT convalidated FROM pg_constraint WHERE contype = 'f'") == [(True,)]


def without_rows(*names):
    def change(manifest):
        tables = [
            {**table, "rows": 0 if f"public.{table['name']}" in names else table["rows"]}
            for table in manifest["tables"]
        ]
        return {**manifest, "tables": tables, "tables_without_rows": names}

    return change


def test_left_out_references_are_named(database, stored, target):
    """What refers to rows that are left out is named."""
    url, excluded = database(REFERENCED), ["public.days_1", "public.users"]
    dump = pg_dump(url, *(f"--exclude-table-data={table}" for table in excluded))
    restored = restore(stored(url, dump=dump, change=without_rows(*excluded)), target.as_owner)
    assert {line.partition(" (")[0] for line in restored.left_out} == {
        "validity of fk constraint public.hours hours_day_fkey",
        "validity of fk constraint public.orders orders_u_fkey",
    }
    assert target.execute(
        "SELECT conname, convalidated, obj_description(oid) FROM pg_constraint"
        " WHERE contype = 'f' AND conparentid = 0 ORDER BY 1"
    ) == [("hours_day_fkey", False, None), ("orders_u_fkey", False, "who")]
    assert target.execute(f"SELECT FROM pg_namespace WHERE nspname = '{UNFINISHED}'") == []


def test_many_tables_use_many_transactions(database, stored, target):
    """More tables than one transaction can lock are restored in many."""
    restored = restore(stored(database(MANY)), target.as_owner)
    assert restored.done[0].startswith("in many transactions: one takes about ")
    assert restored.done[1] == "800 tables, 20000 rows"
    assert target.execute(f"SELECT FROM pg_namespace WHERE nspname = '{UNFINISHED}'") == []


def test_damaged_backup_leaves_target_empty(database, stored, target, s3, monkeypatch):
    """A damaged backup of many tables leaves the target empty."""
    monkeypatch.setattr(intact, "CHUNK", 4096)  # so that the damage is met long after the beginning
    made = stored(database(MANY))
    key = made.manifest.backup + DUMP
    body = s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
    s3.put_object(Bucket=BUCKET, Key=key, Body=body[:-1] + bytes([body[-1] ^ 1]))
    with pytest.raises(Exception, match=r"SHA-256|zstandard"):
        restore(made, target.as_owner)
    assert target.is_empty()


def test_failed_partial_restore_is_marked(database, stored, target):
    """A restore in many transactions that fails does not pass for a whole one."""
    made = stored(database(MANY + "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION public.f();".join(EVENT)))
    with pytest.raises(OpsError, match=rf"holds a part of the backup, as its schema {UNFINISHED} says .*drop the"):
        restore(made, target.as_owner)
    with pytest.raises(OpsError, match=rf"holds an unfinished restore of {made.manifest.backup}"):
        restore(made, target.as_superuser)


EVENT = (
    "CREATE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';",
    "",
)
SETTINGS = """
CREATE TABLE t (a int); INSERT INTO t VALUES (7), (8);
DO $$ BEGIN
    EXECUTE format('ALTER DATABASE %I SET app.tenant = %L', current_database(), '7');
    EXECUTE format('ALTER DATABASE %I SET timezone = %L', current_database(), 'Asia/Tokyo');
    EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database());
    EXECUTE format('ALTER DATABASE %I SET log_min_messages = %L', current_database(), 'panic');
    EXECUTE format('ALTER ROLE postgres IN DATABASE %I SET work_mem = %L', current_database(), '8MB');
    EXECUTE format('COMMENT ON DATABASE %I IS %L', current_database(), E'the\\nshop''s');
END $$;
SET LOCAL app.tenant = '7';
CREATE MATERIALIZED VIEW m AS SELECT * FROM t WHERE a = current_setting('app.tenant')::int;
"""


def settings_at(target):
    return set(
        target.execute(
            "SELECT coalesce(rolname, ''), unnest(setconfig) FROM pg_db_role_setting s"
            " JOIN pg_database d ON d.oid = setdatabase LEFT JOIN pg_roles r ON r.oid = setrole"
            " WHERE datname = current_database()"
        )
    )


def test_database_settings_are_restored_and_active(database, stored, target):
    """The settings of the database are restored and in force meanwhile."""
    restored = restore(stored(database(SETTINGS)), target.as_superuser)
    assert restored.left_out == []
    assert settings_at(target) == {
        ("", "app.tenant=7"),
        ("", "TimeZone=Asia/Tokyo"),
        ("", "default_transaction_read_only=on"),
        ("", "log_min_messages=panic"),
        ("postgres", "work_mem=8MB"),
    }
    assert target.execute(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
    ) == [("the\nshop's",)]


def test_refused_settings_are_named(database, stored, target):
    """Settings that the login may not make are named."""
    target.execute(f"ALTER DATABASE \"{target.address['dbname']}\" SET timezone = 'UTC'")
    restored = restore(stored(database(SETTINGS)), target.as_owner)
    assert sorted(restored.left_out) == [
        "setting TimeZone: the target has its own",
        'setting app.tenant: permission denied to set parameter "app.tenant"',
        'setting log_min_messages: permission denied to set parameter "log_min_messages"',
        "setting work_mem of role postgres: permission denied to alter role",
    ]
    assert ("", "TimeZone=UTC") in settings_at(target)


def test_failed_restore_removes_settings(database, stored, target):
    """Settings are taken back when the restore fails."""
    made = stored(
        database(SETTINGS + "".join(EVENT) + "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f();")
    )
    with pytest.raises(OpsError, match="pg_restore stopped, and nothing was restored"):
        restore(made, target.as_owner)
    assert target.is_empty()


def test_lacking_extension_can_be_left_out(database, stored, target, monkeypatch):
    """An extension that the target lacks is asked for and left out on request."""
    url = database(SPOTS)
    monkeypatch.setattr("ops.backup.target._ABILITIES", without_spots())
    made = stored(url, change=with_extension_rows(2))
    with pytest.raises(OpsError, match=r"lacks extension spots, which 5 objects need .*--leave-out"):
        restore(made, target.as_superuser)
    assert target.is_empty()
    restored = restore(made, target.as_superuser, leave_out=True)
    assert restored.done[1] == "2 tables, 2 rows; not restored here: public.places; public.spot_systems, 3 rows"
    assert "table public.places (it needs extension spots)" in restored.left_out


def without_spots():
    others = "pg_available_extensions WHERE name <> 'spots')"
    return target_module._ABILITIES.replace("pg_available_extensions)", others)


def test_extension_table_rows_are_compared(database, stored, target):
    """Rows in the tables of extensions come back and are compared."""
    restored = restore(stored(database(SPOTS), change=with_extension_rows(2)), target.as_superuser)
    assert restored.done[1] == "3 tables, 3 rows, and 2 rows in 1 tables of extensions"
    with pytest.raises(OpsError, match="not empty"):
        restore(stored(database("", name="2")), target.as_superuser)


def test_target_has_left_out_schema(database, stored, target, connect):
    """What needs a schema that was left out is made where the target has it."""
    url = database(AUTH)
    dump = pg_dump(url, "--exclude-schema=auth", "--exclude-schema=extensions")
    made = stored(url, dump=dump, change=without(["auth", "extensions"], connect(url)))
    with pytest.raises(OpsError, match="lacks schema auth, which 3 objects need"):
        restore(made, target.as_superuser)
    restored = restore(made, target.as_superuser, leave_out=True)
    assert len(restored.left_out) == 3


@pytest.mark.parametrize(
    ("url", "line"),
    [
        ("postgresql://postgres@127.0.0.1:{port}/nowhere", "make it first"),
        ("postgresql://nobody@127.0.0.1:{port}/postgres", "check user and password"),
        ("postgresql://postgres@127.0.0.1:1/postgres", "check host and port in --to"),
        ("postgresql://postgres@nowhere.invalid/postgres", "check the host name in --to"),
    ],
)
def test_target_faults_are_attributed(url, line, source, tmp_path, monkeypatch):
    """What is wrong with the target is said of the target."""
    passwords = tmp_path / "pgpass"
    passwords.touch(mode=0o600)
    passwords.write_text(f"*:*:*:*:{source.password}\n")
    monkeypatch.setenv("PGPASSFILE", str(passwords))
    with pytest.raises(psycopg2.OperationalError) as caught:
        login_at(url.format(port=source.port), "recovery")
    said = line_about(caught.value)
    assert line in said
    assert "settings" not in said
    assert "secret" not in said


def test_a_url_without_a_database_is_refused():
    with pytest.raises(OpsError, match="--to names no database"):
        login_at("postgresql://postgres@127.0.0.1:1", "recovery")


@pytest.fixture
def narrow_server(tmp_path):
    """A server with room for few locks."""
    few = {"max_locks_per_transaction": "10", "max_connections": "12", "shared_buffers": "1MB"}
    with postgres.server(tmp_path / "narrow", settings=few) as server:
        yield server


def test_underestimated_locks_use_many_transactions(database, stored, narrow_server, monkeypatch):
    """Locks that do not fit in spite of the estimate lead to many transactions."""
    monkeypatch.setattr("ops.backup.restore.locks_needed", lambda contents: 0)
    address = {key: value for key, value in parse_dsn(narrow_server.url()).items() if key != "password"}
    restored = restore(stored(database(MANY)), Login(address, narrow_server.password))
    assert restored.done[0].startswith("in many transactions")
