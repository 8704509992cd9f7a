"""What the restore server lacks, what the settings leave out, and what they accept until a date."""

import json

import pytest

from lambdas.database_backup.left_out import needing_excluded
from lambdas.shared.archive_contents import Contents
from lambdas.shared.clock import now
from lambdas.vocabulary.backups import VERIFICATION, Acceptance, Verification
from tests.integration.restore.backups import pg_dump
from tests.integration.restore.conftest import BUCKET
from tests.integration.restore.function import faults, function

SPOTS = """
CREATE EXTENSION spots;
INSERT INTO spot_systems VALUES (1000, 'ours'), (1001, 'ours, too');
CREATE TABLE places (id int PRIMARY KEY, at spot);
CREATE INDEX ON places (spot_distance(at, at));
INSERT INTO places VALUES (1, (1, 2));
CREATE TABLE visits (place int REFERENCES places, day date);
INSERT INTO visits VALUES (1, '2026-01-01');
CREATE VIEW far AS SELECT id FROM places WHERE spot_distance(at, (0, 0)::spot) > 2;
CREATE TABLE plain (id serial PRIMARY KEY); INSERT INTO plain DEFAULT VALUES;
"""
UNTIL = "2999-12-31"
ACCEPTED = Acceptance("extension spots", UNTIL, "proven by hand")


@pytest.fixture(scope="module")
def accepting(tmp_path_factory, object_store, s3):
    """The function with an acceptance of the extension that it lacks, and of one that it has."""
    accepted = [ACCEPTED, Acceptance("extension hstore", UNTIL, "not needed")]
    with function(tmp_path_factory.mktemp("accepting"), object_store, BUCKET, accepted=accepted) as running:
        yield running


@pytest.fixture(scope="module")
def accepted_once(tmp_path_factory, object_store, s3):
    """The function with an acceptance whose time is over."""
    accepted = [Acceptance("extension spots", "2026-01-01", "proven by hand")]
    with function(tmp_path_factory.mktemp("expired"), object_store, BUCKET, accepted=accepted) as running:
        yield running


def with_extension_rows(rows):
    table = {"schema": "public", "name": "spot_systems", "rows": rows, "checksum": None}
    extension = {"name": "spots", "version": "1.0", "holding": ["public.spot_systems"]}
    return lambda manifest: {**manifest, "extension_tables": [table], "extensions": [extension]}


def results(answer):
    return {check["name"]: check["result"] for check in faults(answer)}


def detail(answer, name):
    return next(check["detail"] for check in answer["checks"] if check["name"] == name)


def verification_of(s3, prefix):
    return Verification.from_json(s3.get_object(Bucket=BUCKET, Key=prefix + VERIFICATION)["Body"].read())


def test_lacking_extension_leaves_rest_verified(verification, database, backup):
    """What needs a lacking extension is left out and the rest is held to equality."""
    answer = verification.verify(backup(database(SPOTS), change=with_extension_rows(2)))
    assert answer["verdict"] == "not provable"
    assert results(answer) == dict.fromkeys(["restore clean", "extensions present", "tables equal"], "not provable")
    assert detail(answer, "extensions present") == "the restore server has no extension spots"
    assert detail(answer, "tables equal") == (
        "2 tables, 2 rows; not restored here: public.places; public.spot_systems, 3 rows"
    )
    assert {left_out["what"] for left_out in answer["left_out"]} == {
        "table public.places",
        "view public.far",
        "constraint public.places places_pkey",
        "index public.places_spot_distance_idx",
        "fk constraint public.visits visits_place_fkey",
    }
    assert {left_out["why"] for left_out in answer["left_out"]} == {"it needs extension spots"}


def test_accepted_exception_makes_proven(accepting, database, backup, s3):
    """An acceptance makes it proven but for that."""
    prefix = backup(database(SPOTS), change=with_extension_rows(2))
    answer = accepting.verify(prefix)
    assert answer["verdict"] == "proven but for"
    assert results(answer) == dict.fromkeys(["restore clean", "extensions present", "tables equal"], "accepted")
    assert answer["accepted"] == [{"what": "extension spots", "until": UNTIL, "reason": "proven by hand"}]
    written = verification_of(s3, prefix)
    assert written.accepted == (ACCEPTED,)
    assert written.text_at(now()) == f"proven but for extension spots (until {UNTIL}: proven by hand)"
    [metrics] = [line for line in accepting.log if "verification_failed" in line][-1:]
    assert metrics["verification_failed"] == [0]
    [line] = [line for line in accepting.log if line.get("message", "").startswith("the backup is")][-1:]
    assert (line["level"], line["message"]) == ("INFO", f"the backup is {written.text_at(now())}")


def test_expired_acceptance_changes_nothing(accepted_once, database, backup):
    """An acceptance whose date has passed changes nothing."""
    answer = accepted_once.verify(backup(database(SPOTS), change=with_extension_rows(2)))
    assert answer["verdict"] == "not provable"
    assert answer["accepted"] == []
    [metrics] = [line for line in accepted_once.log if "verification_failed" in line][-1:]
    assert metrics["verification_failed"] == [1]


def lose_a_row(manifest):
    tables = [{**table, "rows": table["rows"] + (table["name"] == "plain")} for table in manifest["tables"]]
    return with_extension_rows(2)({**manifest, "tables": tables})


def test_an_acceptance_covers_no_lost_row(accepting, database, backup):
    answer = accepting.verify(backup(database(SPOTS), change=lose_a_row))
    assert answer["verdict"] == "failed"
    assert results(answer)["restore clean"] == "accepted"
    assert "public.plain has 1 of 2 rows" in detail(answer, "tables equal")
    assert answer["accepted"] == []


def test_acceptance_does_not_cover_damage(accepting, database, backup):
    """An acceptance turns no damage into a proof."""
    url = database(SPOTS)
    answer = accepting.verify(backup(url, dump=pg_dump(url)[:-100]))
    assert answer["verdict"] in {"failed", "not provable"}


def test_unneeded_acceptance_is_not_shown(accepting, database, backup):
    """An acceptance that is not needed is not shown."""
    answer = accepting.verify(backup(database("CREATE EXTENSION hstore; CREATE TABLE t (h hstore)")))
    assert (answer["verdict"], answer["accepted"]) == ("proven", [])


AUTH = """
CREATE SCHEMA auth;
CREATE TABLE auth.users (id int PRIMARY KEY); INSERT INTO auth.users VALUES (1);
CREATE FUNCTION auth.uid() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TABLE profiles (id int PRIMARY KEY REFERENCES auth.users); INSERT INTO profiles VALUES (1);
ALTER TABLE profiles ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON profiles USING (id = auth.uid());
CREATE VIEW people AS SELECT id FROM auth.users;
CREATE SCHEMA extensions; CREATE EXTENSION pg_trgm SCHEMA extensions;
"""
LEVELS = """
CREATE TYPE auth.level AS ENUM ('one');
CREATE TABLE levels (l auth.level); INSERT INTO levels VALUES ('one'), ('one');
"""


def without(schemas, session):
    """Makes of a manifest one of a backup without these schemas."""

    def change(manifest):
        needing = needing_excluded(session, schemas)
        tables = [table for table in manifest["tables"] if table["schema"] not in schemas]
        dependents = [{"what": each.what, "schema": each.schema, "ids": each.ids} for each in needing]
        return {**manifest, "tables": tables, "excluded_schemas": schemas, "needing_excluded": dependents}

    return change


@pytest.fixture
def backup_without(backup, connect):
    """Makes a backup of the database at a URL without some schemas."""

    def make(url, *schemas):
        dump = pg_dump(url, *(f"--exclude-schema={schema}" for schema in schemas))
        return backup(url, dump=dump, change=without(schemas, connect(url)))

    return make


def test_left_out_schema_is_provable(verification, database, backup_without):
    """A schema that was left out leaves the rest provable."""
    answer = verification.verify(backup_without(database(AUTH), "auth", "extensions"))
    assert (answer["verdict"], results(answer)) == ("proven", {})
    assert "without schema auth and 3 objects that need it" in detail(answer, "restore clean")
    assert {left_out["what"] for left_out in answer["left_out"]} == {
        "fk constraint public.profiles profiles_id_fkey",
        "policy public.profiles mine",
        "view public.people",
    }


def test_rows_needing_left_out_schema_fail(verification, database, backup_without):
    """Rows that need a schema that was left out are not proven."""
    answer = verification.verify(backup_without(database(AUTH + LEVELS), "auth"))
    assert (answer["verdict"], results(answer)) == ("not provable", {"tables equal": "not provable"})
    assert detail(answer, "tables equal") == "1 tables, 1 rows; not restored here: public.levels, 2 rows"


REFERENCED = """
CREATE TABLE users (id int PRIMARY KEY); INSERT INTO users VALUES (1);
CREATE TABLE orders (u int REFERENCES users); INSERT INTO orders VALUES (1);
COMMENT ON CONSTRAINT orders_u_fkey ON orders IS 'who';
CREATE TABLE days (day int PRIMARY KEY) PARTITION BY RANGE (day);
CREATE TABLE days_1 PARTITION OF days FOR VALUES FROM (0) TO (9); INSERT INTO days VALUES (1);
CREATE TABLE hours (day int REFERENCES days); INSERT INTO hours VALUES (1);
"""


def test_foreign_key_to_left_out_rows(verification, database, backup):
    """A foreign key to rows that are left out is made not valid."""
    url = database(REFERENCED)
    excluded = ["public.days_1", "public.users"]

    def change(manifest):
        tables = [
            {**table, "rows": 0 if f"public.{table['name']}" in excluded else table["rows"]}
            for table in manifest["tables"]
        ]
        return {**manifest, "tables": tables, "tables_without_rows": excluded}

    dump = pg_dump(url, *(f"--exclude-table-data={table}" for table in excluded))
    answer = verification.verify(backup(url, dump=dump, change=change))
    assert (answer["verdict"], results(answer)) == ("proven", {})
    assert detail(answer, "constraints valid").endswith(
        "; NOT VALID, as rows that they refer to are left out: "
        "fk constraint public.hours hours_day_fkey; fk constraint public.orders orders_u_fkey"
    )


SETTINGS = """
CREATE TABLE t (a int); INSERT INTO t VALUES (7), (8);
DO $$ BEGIN
    EXECUTE format('ALTER DATABASE %I SET app.tenant = %L', current_database(), '7');
    EXECUTE format('ALTER DATABASE %I SET app.secret = %L', current_database(), E'it''s; \\\\ \n hunter2');
    EXECUTE format('ALTER DATABASE %I SET timezone = %L', current_database(), 'Asia/Tokyo');
    EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database());
    EXECUTE format('ALTER DATABASE %I SET statement_timeout = %L', current_database(), '1h');
    EXECUTE format('ALTER ROLE postgres IN DATABASE %I SET work_mem = %L', current_database(), '8MB');
END $$;
SET LOCAL app.tenant = '7';
CREATE MATERIALIZED VIEW m AS SELECT * FROM t WHERE a = current_setting('app.tenant')::int;
"""


def test_restore_uses_database_settings(verification, database, backup, s3):
    """The restore runs under the settings of the database."""
    prefix = backup(database(SETTINGS))
    answer = verification.verify(prefix)
    assert answer["verdict"] == "proven", answer
    assert detail(answer, "restore clean") == ("no errors; from a file in 2 sessions, under 4 settings of the database")
    assert b"hunter2" not in verification_of(s3, prefix).to_json()


def test_archive_is_read_in_any_pieces(database):
    """The contents of an archive are read in pieces of any size."""
    archive = pg_dump(database(REFERENCED))
    whole = Contents.of([archive])
    assert {"users", "orders orders_u_fkey"} <= {entry.name for entry in whole.entries}
    assert Contents.of(archive[at : at + 7] for at in range(0, len(archive), 7)) == whole


def test_what_is_no_archive_has_no_contents(database):
    archive = pg_dump(database(REFERENCED))
    for length in (0, 3, 12, 300):
        assert Contents.of([archive[:length]]) == Contents()
        assert Contents.of([b"x" * length]) == Contents()


def test_answers_can_be_written_as_json(accepting, database, backup):
    assert json.dumps(accepting.verify(backup(database(SPOTS))))
