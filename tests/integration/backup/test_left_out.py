"""What the dump does not hold is named, and whole schemas can be left out."""

import subprocess
from contextlib import closing

import pytest
import zstandard
from postgresql_tools import program

from lambdas.database_backup.errors import SourceNotReadyError
from lambdas.vocabulary.backups import DUMP, LeftOut, Table
from tests.integration.backup.conftest import LOGIN

NO_SUPERUSER = "the login is no superuser, and only for one pg_dump writes them"
SUBSCRIBED = """
CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1 port=1 dbname=x' PUBLICATION p
WITH (connect = false, slot_name = NONE, enabled = false)
"""
MAPPED = """
CREATE EXTENSION postgres_fdw;
CREATE SERVER sv FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'x');
CREATE USER MAPPING FOR postgres SERVER sv OPTIONS (user 'u', password 'secretpw');
CREATE USER MAPPING FOR public SERVER sv;
"""
OURS_AND_THEIRS = """
CREATE SCHEMA auth; REVOKE ALL ON SCHEMA auth FROM PUBLIC;
CREATE TABLE auth.tokens (id int);
CREATE TABLE auth.users (id int PRIMARY KEY); INSERT INTO auth.users VALUES (1);
CREATE FUNCTION auth.uid() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TYPE auth.level AS ENUM ('one');
ALTER TABLE auth.users ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON auth.users USING (id = auth.uid());
CREATE TABLE profiles (id int PRIMARY KEY REFERENCES auth.users, who int DEFAULT auth.uid());
CREATE POLICY mine ON profiles USING (id = auth.uid());
CREATE TABLE levels (l auth.level);
CREATE VIEW people AS SELECT id FROM auth.users;
CREATE TABLE plain (id int); INSERT INTO plain VALUES (1), (2);
"""


@pytest.fixture
def subscribed(empty_source):
    empty_source.execute(SUBSCRIBED)
    yield empty_source
    empty_source.execute("DROP SUBSCRIPTION s")


def contents(bucket, manifest):
    """The dump's list, as pg_restore shows it."""
    body = bucket.s3.get_object(Bucket=bucket.name, Key=manifest.backup + DUMP)["Body"].read()
    dump = zstandard.ZstdDecompressor().decompressobj().decompress(body)
    return subprocess.run(
        [program("pg_restore", 18), "--list"], input=dump, capture_output=True, check=True
    ).stdout.decode()


def test_superuser_only_objects_are_named(subscribed, run, bucket):
    """What only a superuser may dump is named."""
    subscribed.execute(MAPPED)
    manifest = run(login=subscribed.login(), critical_tables=())
    assert "SUBSCRIPTION" not in contents(bucket, manifest)
    assert manifest.left_out == (
        LeftOut("subscription s", NO_SUPERUSER),
        LeftOut("options of the user mapping for postgres at server sv", NO_SUPERUSER),
    )
    assert b"secretpw" not in manifest.to_json()


def test_a_superuser_leaves_nothing_out(subscribed, run, bucket):
    subscribed.execute(MAPPED)
    login = subscribed.login(user="postgres")
    manifest = run(login=type(login)(login.parameters, subscribed.server.running.password), critical_tables=())
    assert "SUBSCRIPTION" in contents(bucket, manifest)
    assert manifest.left_out == ()


def test_excluded_schema_needs_no_rights(empty_source, run, bucket):
    """A schema that is left out needs no rights and no locks."""
    empty_source.execute(OURS_AND_THEIRS)
    empty_source.execute(f"REVOKE pg_read_all_data FROM {LOGIN}")
    empty_source.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {LOGIN}; ALTER ROLE {LOGIN} BYPASSRLS")
    try:
        with closing(empty_source.server.session(empty_source.name)) as theirs:
            theirs.cursor().execute("BEGIN; LOCK TABLE auth.tokens")
            manifest = run(login=empty_source.login(), critical_tables=(), excluded_schemas=("auth",))
    finally:
        empty_source.execute(f"GRANT pg_read_all_data TO {LOGIN}; ALTER ROLE {LOGIN} NOBYPASSRLS")
    assert {(table.schema, table.name, table.rows) for table in manifest.tables} == {
        ("public", "profiles", 0),
        ("public", "levels", 0),
        ("public", "plain", 2),
    }
    assert " auth " not in contents(bucket, manifest)
    assert manifest.excluded_schemas == ("auth",)
    assert manifest.left_out == (LeftOut("schema auth", "by the setting excluded_schemas"),)


def test_what_needs_an_excluded_schema_is_named(empty_source, run):
    empty_source.execute(OURS_AND_THEIRS)
    manifest = run(login=empty_source.login(), critical_tables=(), excluded_schemas=("auth",))
    assert [dependent.what for dependent in manifest.needing_excluded] == [
        "column l of table public.levels",
        "constraint profiles_id_fkey on table public.profiles",
        "default value for column who of table public.profiles",
        "policy mine on table public.profiles",
        "rule _RETURN on view public.people",
    ]
    assert {dependent.schema for dependent in manifest.needing_excluded} == {"auth"}


def test_missing_excluded_schema_is_refused(run):
    """An excluded schema that is not there is refused."""
    with pytest.raises(SourceNotReadyError, match="excluded_schemas names 'atuh', and the database has no such schema"):
        run(excluded_schemas=("atuh",))


def test_extension_tables_user_rows_are_counted(empty_source, run):
    """Rows of users in the tables of extensions are counted."""
    empty_source.execute("CREATE EXTENSION hstore; CREATE TABLE jobs (id int, ours boolean)")
    empty_source.execute("INSERT INTO jobs VALUES (1, true), (2, false), (3, true)")
    # What an extension's own script does by pg_extension_config_dump().
    empty_source.execute("ALTER EXTENSION hstore ADD TABLE jobs")
    empty_source.execute(
        "UPDATE pg_extension SET extconfig = ARRAY['jobs'::regclass::oid], extcondition = ARRAY['WHERE ours']"
        " WHERE extname = 'hstore'"
    )
    manifest = run(login=empty_source.login(), critical_tables=())
    assert manifest.extension_tables == (Table("public", "jobs", 2),)
    assert manifest.tables == ()
    assert {extension.name: extension.holding for extension in manifest.extensions} == {
        "hstore": ("public.jobs",),
        "plpgsql": (),
    }
