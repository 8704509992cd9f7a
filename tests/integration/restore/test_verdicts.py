"""What the verification says of good and of damaged backups."""

import json
from pathlib import Path

import pytest
import zstandard
from jsonschema import Draft202012Validator, FormatChecker

from lambdas.vocabulary.backups import DUMP, MANIFEST, ROLES, VERIFICATION, Verification
from tests.integration.restore.backups import pg_dump, put, stored
from tests.integration.restore.conftest import BUCKET, create_database
from tests.integration.restore.function import FunctionError, function

SCHEMAS = Path(__file__).parents[3] / "docs/schemas"
ORDERS = """
CREATE EXTENSION citext;
CREATE TABLE customers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name citext NOT NULL);
CREATE TABLE orders (
    id bigserial PRIMARY KEY, customer bigint NOT NULL REFERENCES customers, total numeric CHECK (total > 0)
);
CREATE INDEX ON orders (customer);
INSERT INTO customers (name) SELECT 'customer ' || i FROM generate_series(1, 100) i;
INSERT INTO orders (customer, total) SELECT 1 + i % 100, i FROM generate_series(1, 1000) i;
"""


@pytest.fixture(scope="module")
def orders(source):
    """The URL of a small shop's database."""
    return create_database(source, "orders", ORDERS)


@pytest.fixture(scope="module")
def dump(orders):
    return pg_dump(orders)


@pytest.fixture
def prefix(orders, backup):
    """The prefix of a sound backup of the shop."""
    return backup(orders)


def result_of(answer, name):
    return next(check for check in answer["checks"] if check["name"] == name)


def failed(answer):
    return [check["name"] for check in answer["checks"] if check["result"] == "failed"]


def body_of(s3, key):
    return s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()


def exists(s3, key):
    return s3.list_objects_v2(Bucket=BUCKET, Prefix=key)["KeyCount"] == 1


def test_small_database_is_proven(verification, orders, backup):
    """By every check, each with its numbers; how long that takes is measured in bench/."""
    answer = verification.verify(backup(orders, critical=[("public", "orders")]))
    assert answer["verdict"] == "proven"
    assert {check["name"]: check["detail"] for check in answer["checks"]} | {"objects intact": ""} == {
        "objects intact": "",
        "restore clean": "no errors; from a file in 2 sessions",
        "extensions present": "2 extensions",
        "tables equal": "2 tables, 1100 rows",
        "checksums equal": "1 critical tables, 1000 rows",
        "constraints valid": "8 constraints, 1 of them foreign keys",
        "indexes valid": "3 indexes",
        "sequences ahead of their columns": "2 sequences as at the source",
        "SQL assertions true": "database.sql_assertions names no query",
    }
    assert set(answer) == {"backup", "verdict", "checks", "seconds", "accepted", "left_out", "part"}
    assert sum(answer["seconds"].values()) > 0
    assert verification.leftovers() == []


def test_unnamed_check_does_not_count(verification, orders, backup):
    """What the settings do not name counts as no check."""
    answer = verification.verify(backup(orders))
    assert answer["verdict"] == "proven"
    results = {check["name"]: check for check in answer["checks"] if check["result"] != "passed"}
    assert {name: check["result"] for name, check in results.items()} == {
        "checksums equal": "none named",
        "SQL assertions true": "none named",
    }
    assert "(the largest are public.orders; public.customers)" in results["checksums equal"]["detail"]


def test_verification_is_stored_and_tagged(verification, prefix, s3):
    """The verification is written beside the backup and tagged like it."""
    s3.put_object_tagging(
        Bucket=BUCKET, Key=prefix + DUMP, Tagging={"TagSet": [{"Key": "retention", "Value": "latest-proven"}]}
    )
    answer = verification.invoke({"backup": prefix, "requested_by": "Ada", "reason": "quarterly drill"})
    written = Verification.from_json(body_of(s3, prefix + VERIFICATION))
    assert json.loads(written.to_json())["checks"] == answer["checks"]
    assert (written.requested_by, written.reason) == ("Ada", "quarterly drill")
    assert written.manifest_sha256 == stored(body_of(s3, prefix + MANIFEST)).sha256
    assert written.recovery_time_objective == 3600
    tags = s3.get_object_tagging(Bucket=BUCKET, Key=prefix + VERIFICATION)["TagSet"]
    assert tags == [{"Key": "retention", "Value": "latest-proven"}]


def test_recovery_time_and_verdict_are_metrics(verification, orders, backup):
    """The time of the recovery and the verdict become metrics."""
    answer = verification.verify(backup(orders))
    [metrics] = [line for line in verification.log if "recovery_duration" in line][-1:]
    assert metrics["recovery_duration"] == [pytest.approx(sum(answer["seconds"].values()))]
    assert metrics["verification_failed"] == [0]
    assert (metrics["environment"], metrics["database"]) == ("test", "orders")


def test_the_documents_keep_to_their_schemas(verification, prefix, s3):
    verification.verify(prefix)
    for name in (MANIFEST, VERIFICATION):
        schema = json.loads((SCHEMAS / name.replace(".json", ".schema.json")).read_text())
        Draft202012Validator(schema, format_checker=FormatChecker()).validate(json.loads(body_of(s3, prefix + name)))


def flipped(body):
    middle = len(body) // 2
    return body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :]


DAMAGES = {
    "a byte flipped": (flipped, "has SHA-256"),
    "the tail cut": (lambda body: body[:-7], "ends after"),
    "a byte added": (lambda body: body + b"x", "is longer than"),
}


@pytest.mark.parametrize("name", [DUMP, ROLES])
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_object_fails(verification, prefix, s3, name, damage):
    change, finding = DAMAGES[damage]
    put(s3, BUCKET, prefix + name, change(body_of(s3, prefix + name)))
    answer = verification.verify(prefix)
    assert answer["verdict"] == "failed"
    assert f"{name} {finding}" in result_of(answer, "objects intact")["detail"]
    assert result_of(answer, "tables equal")["result"] == "not provable"
    assert Verification.from_json(body_of(s3, prefix + VERIFICATION)).verdict == "failed"


def test_an_object_that_is_missing_fails(verification, prefix, s3):
    s3.delete_object(Bucket=BUCKET, Key=prefix + DUMP)
    answer = verification.verify(prefix)
    assert answer["verdict"] == "failed"
    assert "is missing" in result_of(answer, "objects intact")["detail"]


def test_the_dump_of_another_backup_fails(verification, orders, backup, s3, dump):
    prefix, other = backup(orders), backup(orders, key="another", dump=dump.replace(b"customer 7\n", b"customer 8\n"))
    put(s3, BUCKET, prefix + DUMP, body_of(s3, other + DUMP))
    assert failed(verification.verify(prefix)) == ["objects intact"]


def test_failure_is_logged_and_counted(verification, prefix, s3):
    """A failure is an error in the log and a metric."""
    s3.delete_object(Bucket=BUCKET, Key=prefix + DUMP)
    verification.verify(prefix)
    metrics, line = verification.log[-2:]
    assert metrics["verification_failed"] == [1]
    assert "recovery_duration" not in metrics
    assert (line["level"], line["message"], line["backup"]) == ("ERROR", "the backup is failed", prefix)
    assert line["correlation_id"] == "20261123T020000Z"


def test_folder_without_manifest_is_refused(verification, prefix, s3):
    """A folder without a manifest is no backup."""
    s3.delete_object(Bucket=BUCKET, Key=prefix + MANIFEST)
    with pytest.raises(FunctionError, match=r"NotABackupError.*has no manifest.json"):
        verification.verify(prefix)
    assert not exists(s3, prefix + VERIFICATION)


def test_the_manifest_of_another_database_is_refused(verification, orders, backup, s3):
    prefix, other = backup(orders), backup(orders, database="invoices")
    put(s3, BUCKET, prefix + MANIFEST, body_of(s3, other + MANIFEST))
    with pytest.raises(FunctionError, match=r"NotABackupError.*belongs to 'invoices/"):
        verification.verify(prefix)
    assert not exists(s3, prefix + VERIFICATION)


def garbled(manifest):
    return {**manifest, "tables": "two"}


def mistyped(manifest):
    return {**manifest, "raw_bytes": "many"}


@pytest.mark.parametrize("change", [garbled, mistyped])
def test_a_garbled_manifest_is_refused(verification, orders, backup, change):
    with pytest.raises(FunctionError, match=r"NotABackupError.*the manifest is not one"):
        verification.verify(backup(orders, change=change))


def one_row_more(manifest):
    manifest["tables"][0]["rows"] += 1
    return manifest


def a_table_more(manifest):
    manifest["tables"].append({"schema": "public", "name": "refunds", "rows": 0, "checksum": None})
    return manifest


def a_table_less(manifest):
    manifest["tables"].pop()
    return manifest


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        (one_row_more, "public.customers has 100 of 101 rows"),
        (a_table_more, "public.refunds is missing"),
        (a_table_less, "public.orders is not in the manifest"),
    ],
)
def test_restore_unlike_manifest_fails(verification, orders, backup, change, finding):
    """A restore that is not what the manifest says fails."""
    answer = verification.verify(backup(orders, change=change))
    assert failed(answer) == ["tables equal"]
    assert finding in result_of(answer, "tables equal")["detail"]


def test_changed_row_with_same_count_fails(verification, orders, backup, dump):
    """A row that changed without changing the count fails."""
    changed = dump.replace(b"customer 7\n", b"customer 8\n")
    answer = verification.verify(backup(orders, dump=changed, critical=[("public", "customers"), ("public", "orders")]))
    assert failed(answer) == ["checksums equal"]
    assert result_of(answer, "checksums equal")["detail"] == "1 of 2 differ: public.customers"


def test_half_dump_with_hash_fails(verification, orders, backup, dump):
    """Half a dump with a fitting hash fails."""
    answer = verification.verify(backup(orders, dump=dump[: len(dump) // 2]))
    assert {"restore clean", "tables equal"} <= set(failed(answer))
    assert "end of file" in result_of(answer, "restore clean")["detail"]


def test_missing_table_rows_fail(verification, orders, backup):
    """A dump without the rows of a table fails."""
    answer = verification.verify(backup(orders, dump=pg_dump(orders, "--exclude-table-data=orders")))
    assert failed(answer) == ["tables equal"]
    assert "public.orders has 0 of 1000 rows" in result_of(answer, "tables equal")["detail"]


def test_lost_sequence_values_fail(verification, orders, backup, dump):
    """A dump that lost the values of its sequences fails."""
    lost = dump.replace(b"""_id_seq"', 1000, true)""", b"""_id_seq"',    1, true)""")
    assert lost != dump
    answer = verification.verify(backup(orders, dump=lost))
    assert failed(answer) == ["sequences ahead of their columns"]
    detail = result_of(answer, "sequences ahead of their columns")["detail"]
    assert detail == "1 of 2 are not as at the source: public.orders_id_seq gives 2 next, and at the source 1001"


BEHIND = """
CREATE TABLE a (id bigserial PRIMARY KEY, x int);
INSERT INTO a (x) VALUES (1), (2);
INSERT INTO a VALUES (9223372036854775807, 0);
"""


def test_sequence_behind_column_is_sources_state(verification, database, backup):
    """A sequence behind its column is the sources own state."""
    answer = verification.verify(backup(database(BEHIND)))
    assert answer["verdict"] == "proven"
    assert result_of(answer, "sequences ahead of their columns")["detail"] == (
        "1 sequences as at the source; behind their columns, as there:"
        " public.a_id_seq gives 3 next and public.a.id has 9223372036854775807 already"
    )


def test_unrecorded_sequences_are_compared_to_rows(verification, database, backup):
    """A backup that did not note its sequences is held to its rows."""
    answer = verification.verify(backup(database(BEHIND), change=lambda manifest: {**manifest, "sequences": None}))
    assert failed(answer) == ["sequences ahead of their columns"]


def test_a_sequence_that_is_missing_fails(verification, orders, backup):
    def one_more(manifest):
        manifest["sequences"].append({"schema": "public", "name": "gone", "before": 1, "after": 1})
        return manifest

    answer = verification.verify(backup(orders, change=one_more))
    assert failed(answer) == ["sequences ahead of their columns"]
    assert "public.gone is missing" in result_of(answer, "sequences ahead of their columns")["detail"]


DOWNWARDS = "INCREMENT -1 MINVALUE -9 MAXVALUE 9 START 4"


@pytest.mark.parametrize(
    "case",
    [
        ("", (3, 9), "proven"),  # it moved on while it was dumped
        ("", (5, 9), "failed"),
        ("", (1, 3), "failed"),
        ("", (9, 2), "proven"),  # it was set back meanwhile: anything may have been dumped
        (DOWNWARDS, (9, 3), "proven"),
        (DOWNWARDS, (3, 2), "failed"),
        ("CYCLE", (8, 9), "proven"),
    ],
)
def test_sequence_may_move_during_dump(verification, database, backup, case):
    """A sequence that moves while it is dumped."""
    definition, span, verdict = case
    url = database(f"CREATE SEQUENCE moving {definition}; SELECT setval('moving', 4, false)", name=str(span))

    def moved(manifest):
        manifest["sequences"][0] |= dict(zip(("before", "after"), span, strict=True))
        return manifest

    assert verification.verify(backup(url, change=moved))["verdict"] == verdict


def test_missing_dictionary_file_is_not_provable(verification, database, backup):
    """A dictionary whose file only the sources server has is not provable."""
    dump = pg_dump(
        database("""
        CREATE TEXT SEARCH DICTIONARY stp (TEMPLATE = simple, STOPWORDS = english);
        CREATE TEXT SEARCH CONFIGURATION shop (COPY = english);
        ALTER TEXT SEARCH CONFIGURATION shop ALTER MAPPING FOR asciiword WITH stp;
        CREATE TABLE found (body text, words tsvector GENERATED ALWAYS AS (to_tsvector('shop', body)) STORED);
        INSERT INTO found VALUES ('junk');
        CREATE TABLE plain AS SELECT 1 AS id;
    """)
    )
    elsewhere = dump.replace(b"stopwords = 'english'", b"stopwords = 'junkish'")
    assert elsewhere != dump
    answer = verification.verify(
        backup(
            database("", name="other"),
            dump=elsewhere,
            change=lambda manifest: {
                **manifest,
                "tables": [
                    {"schema": "public", "name": name, "rows": 1, "checksum": None} for name in ("found", "plain")
                ],
            },
        )
    )
    assert answer["verdict"] == "not provable", answer["checks"]
    assert failed(answer) == []


def test_lost_rows_still_fail(verification, orders, backup, dump):
    """One table hangs on an extension that is not here; the other one's rows are gone."""

    def unknown(manifest):
        manifest["extensions"][0]["name"] = "citexx"
        manifest["tables"][1]["rows"] += 1
        return manifest

    answer = verification.verify(backup(orders, dump=dump.replace(b"citext", b"citexx"), change=unknown))
    assert failed(answer) == ["tables equal"]
    assert result_of(answer, "restore clean")["result"] == "not provable"


def test_broken_foreign_key_fails(verification, orders, backup, dump):
    """A foreign key that does not hold fails."""
    orphaned = dump.replace(b"999\t100\t999\n", b"999\t999\t999\n")
    assert orphaned != dump
    answer = verification.verify(backup(orders, dump=orphaned))
    assert {"restore clean", "constraints valid"} <= set(failed(answer))
    assert "orders_customer_fkey" in result_of(answer, "constraints valid")["detail"]


def rewritten(s3, prefix, body, **changes):
    """Replace the dump by `body`, with a manifest that says so."""
    manifest = json.loads(body_of(s3, prefix + MANIFEST))
    manifest["objects"][DUMP] = {"bytes": len(body), "sha256": stored(body).sha256}
    put(s3, BUCKET, prefix + DUMP, body)
    put(s3, BUCKET, prefix + MANIFEST, json.dumps(manifest | changes).encode())


BAD_ENDINGS = {
    "garbage at the end": (lambda dump: zstandard.compress(dump) + b"behind the end", "not zstandard throughout"),
    "no end": (lambda dump: zstandard.compress(dump)[:-9], "ends within a zstandard frame"),
    "not compressed": (lambda dump: dump, "not zstandard throughout"),
    "a bomb": (lambda dump: zstandard.compress(dump + bytes(1 << 30)), "decompresses to more than"),
    "a byte short": (lambda dump: zstandard.compress(dump[:-1]), "decompresses to"),
}


@pytest.mark.parametrize("ending", BAD_ENDINGS)
def test_a_dump_that_is_stored_badly_fails(verification, prefix, s3, dump, ending):
    body, finding = BAD_ENDINGS[ending]
    rewritten(s3, prefix, body(dump))
    answer = verification.verify(prefix)
    assert failed(answer) == ["objects intact"]
    assert finding in result_of(answer, "objects intact")["detail"]


def test_a_dump_in_several_frames_is_proven(verification, prefix, s3, dump):
    rewritten(s3, prefix, zstandard.compress(dump[:1000]) + zstandard.compress(dump[1000:]))
    assert verification.verify(prefix)["verdict"] == "proven"


def committed(prefix):
    return {"detail": {"bucket": {"name": BUCKET}, "object": {"key": prefix + MANIFEST}}}


def test_the_same_event_twice_is_one_verification(verification, prefix, s3):
    first = verification.invoke(committed(prefix))
    written = body_of(s3, prefix + VERIFICATION)
    assert verification.invoke(committed(prefix)) == first
    assert body_of(s3, prefix + VERIFICATION) == written
    verification.verify(prefix)  # an operator who asks gets a new one
    assert body_of(s3, prefix + VERIFICATION) != written


def test_other_manifest_event_is_separate(verification, orders, backup):
    """The event of another manifest is another verification."""
    prefix = backup(orders)
    assert verification.invoke(committed(prefix))["verdict"] == "proven"
    assert backup(orders, change=one_row_more) == prefix
    assert verification.invoke(committed(prefix))["verdict"] == "failed"


@pytest.mark.parametrize(
    "event", [{}, {"backup": "../../etc/"}, {"detail": {}}, committed("orders/"), {"backup": None}], ids=str
)
def test_event_without_backup_is_refused(verification, event):
    """An event that names no backup is refused."""
    with pytest.raises(FunctionError, match="BadRequestError"):
        verification.invoke(event)


def test_assertions_are_checked_after_restore(tmp_path, object_store, s3, orders, backup):
    """Assertions of the settings are held against the restored rows."""
    assertions = [
        "SELECT count(*) = 1000 FROM orders",
        "SELECT count(*) = 0 FROM orders",
        "SELECT refund FROM orders",
        "DELETE FROM orders RETURNING true",
    ]
    with function(tmp_path, object_store, BUCKET, assertions=assertions) as verification:
        answer = verification.verify(backup(orders))
    assert failed(answer) == ["SQL assertions true"]
    detail = result_of(answer, "SQL assertions true")["detail"]
    assert detail.startswith("3 of 4 are not: 'SELECT count(*) = 0 FROM orders' answers [(False,)]")
    assert 'column "refund" does not exist' in detail
    assert "read-only transaction" in detail


def test_unavailable_extension_is_not_provable(verification, orders, backup, dump):
    """As with PostGIS: the types of its columns are missing, and so the tables are."""
    unknown = dump.replace(b"citext", b"citexx")

    def with_unknown(manifest):
        for extension in manifest["extensions"]:
            extension["name"] = extension["name"].replace("citext", "citexx")
        return manifest

    answer = verification.verify(backup(orders, dump=unknown, change=with_unknown))
    assert answer["verdict"] == "not provable"
    assert failed(answer) == []
    assert result_of(answer, "extensions present")["detail"] == "the restore server has no extension citexx"
    assert result_of(answer, "tables equal")["result"] == "not provable"


def test_unfinished_dump_fails(verification, orders, backup):
    """A dump that did not end well fails."""
    answer = verification.verify(backup(orders, change=lambda manifest: {**manifest, "pg_dump_exit_status": 1}))
    assert failed(answer) == ["objects intact"]


@pytest.fixture
def foreign(dump):
    """The shop's dump as from a server whose locale nobody has."""
    changed = dump.replace(b"LOCALE_PROVIDER = libc LOCALE = 'C'", b"LOCALE_PROVIDER = libc LOCALE = 'x'")
    assert changed != dump
    return changed


def test_missing_locale_is_replaced(verification, orders, backup, foreign):
    """A locale that is not here is stood in for."""
    answer = verification.verify(backup(orders, dump=foreign))
    assert answer["verdict"] == "proven"
    detail = result_of(answer, "restore clean")["detail"]
    assert detail.endswith("locale C.UTF-8 standing in for the source's")


def test_broken_rule_needs_own_locale(verification, orders, backup, dump, foreign):
    """A rule that breaks condemns only under the sources own locale."""
    verdicts = [
        verification.verify(backup(orders, dump=archive.replace(b"999\t100\t999\n", b"999\t100\t-99\n")))["verdict"]
        for archive in (dump, foreign)
    ]
    assert verdicts == ["failed", "not provable"]
