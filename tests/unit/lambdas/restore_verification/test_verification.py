"""How the verification reads what others wrote: pg_restore's messages, an archive's head, an event."""

import pytest

from lambdas.restore_verification.origin import Origin
from lambdas.restore_verification.report import Difference, Failure, commands_of, report_on
from lambdas.restore_verification.request import BadRequestError, request_from

PREFIX = "orders/2026/11/23/20261123T020000Z-0123abcd/"
ERROR = "pg_restore: error: could not execute query: ERROR:  {}\n"
COMMAND = "Command was: ALTER TABLE ONLY public.orders\n    ADD CONSTRAINT orders_key FOREIGN KEY (a);\n\n\n"


def report(*lines, status=1, **difference):
    return report_on("".join(lines).splitlines(keepends=True), status, Difference(**difference))


def failing(message, command, detail=""):
    return f"{ERROR.format(message)}{detail and f'DETAIL:  {detail}'}\nCommand was: {command}\n\n\n"


def test_an_error_is_kept_with_its_command():
    found = report(ERROR.format('relation "a" does not exist'), "DETAIL:  none\n", COMMAND, "pg_restore: warning: 1\n")
    assert [str(failure) for failure in found.errors] == [
        'relation "a" does not exist (ALTER TABLE ONLY public.orders ADD CONSTRAINT orders_key FOREIGN KEY (a);)'
    ]
    assert len(commands_of(found.errors, " ADD CONSTRAINT ")) == 1
    assert commands_of(found.errors, " INDEX ") == []


def test_status_without_message_is_error():
    """A status without a message is an error."""
    assert report("something else\n", status=-9).errors[0].message == (
        "pg_restore ended with status -9: something else"
    )


def test_default_objects_may_exist():
    """What every new database has may be there already."""
    assert report(ERROR.format('schema "public" already exists')).errors == ()


@pytest.mark.parametrize(
    "message",
    [
        'extension "postgis" is not available',
        "unsupported XML feature",
        "ICU is not supported in this build",
        "compression method lz4 not supported",
        'collation "en_US.utf8" for encoding "UTF8" does not exist',
    ],
)
def test_unsupported_feature_is_not_backups_fault(message):
    """What this server cannot do is not the backups fault."""
    found = report(ERROR.format(message))
    assert (found.errors, [failure.message for failure in found.beyond_this_server]) == ((), [message])


@pytest.mark.parametrize("locale", [True, False])
@pytest.mark.parametrize(
    "message",
    [
        'new row for "p" violates check constraint "c"',
        "value for domain d violates check constraint",
        "range lower bound must be less than or equal to range upper bound",
        'no partition of relation "p" found for row',
    ],
)
def test_locale_rules_need_sources_locale(message, locale):
    """Rules that hang on the locale condemn only under the sources own."""
    found = report(f'pg_restore: error: COPY failed for table "p": ERROR:  {message}\n', locale=locale)
    assert bool(found.errors) is not locale


@pytest.mark.parametrize("kind", ["stop-word", "dictionary", "affix", "synonym", "thesaurus", "unaccent"])
def test_dictionary_file_is_not_backups_fault(kind):
    """A dictionary file of the sources server is not the backups fault."""
    found = report(
        failing(f'could not open {kind} file "/x/y.z": No such file', 'CREATE TEXT SEARCH DICTIONARY "public"."stp" ('),
        failing(
            'text search dictionary "public.stp" does not exist', 'CREATE TEXT SEARCH CONFIGURATION "public"."c" ('
        ),
        failing(
            'text search configuration "public.c" does not exist', 'CREATE INDEX "i" ON "public"."t" USING "gin" ('
        ),
    )
    assert found.errors == ()
    assert found.affected == {"stp", "c", "i"}


NO_POSTGIS = failing(
    'extension "postgis" is not available', 'CREATE EXTENSION IF NOT EXISTS "postgis" WITH SCHEMA "x";'
)


def test_missing_extension_is_not_backups_fault():
    """What fails for want of an extension is not the backups fault."""
    found = report(
        NO_POSTGIS,
        failing('type "public.geometry" does not exist', 'CREATE TABLE "public"."places" ("at" "public"."geometry");'),
        failing('relation "public.places" does not exist', 'COPY "public"."places" ("at") FROM stdin;'),
        failing(
            'insert or update on table "visits" violates foreign key constraint "f"',
            'ALTER TABLE ONLY "visits" ADD CONSTRAINT "f" FOREIGN KEY ("p") REFERENCES "places"("id");',
            'Key (p)=(1) is not present in table "places".',
        ),
    )
    assert found.errors == ()
    assert {"postgis", "places"} <= found.affected
    assert {"x", "public"} & found.affected == set()


@pytest.mark.parametrize(
    "failure",
    [
        failing("syntax error at or near", 'CREATE TABLE "public"."orders" ("id" integer);'),
        failing(
            'insert or update on table "visits" violates foreign key constraint "f"',
            'ALTER TABLE ONLY "visits" ADD CONSTRAINT "f" FOREIGN KEY ("p") REFERENCES "others"("id");',
            'Key (p)=(1) is not present in table "others".',
        ),
    ],
)
def test_own_fault_still_fails(failure):
    """A fault of its own condemns beside what this server cannot do."""
    assert len(report(NO_POSTGIS, failure).errors) == 1


def test_other_server_version_never_fails():
    """On a server of another version no error condemns."""
    assert report(ERROR.format("anything"), major=True).errors == ()


@pytest.mark.parametrize(
    ("command", "names"),
    [
        ('CREATE TABLE "public"."orders" ( "id" "public"."citext" );', {"orders"}),
        ("CREATE TABLE public.orders (", {"orders"}),
        ('ALTER TABLE ONLY "a""b"."c" ADD CONSTRAINT "c_pkey" PRIMARY KEY ("id");', {"c_pkey"}),
        ("CREATE UNIQUE INDEX i ON public.t USING btree (x)", {"i"}),
        ("""SELECT pg_catalog.setval('"public"."s"', 1, true);""", {"s"}),
        ('ALTER TABLE "t" ALTER COLUMN "id" ADD GENERATED ALWAYS AS IDENTITY ( SEQUENCE NAME "public"."s"', {"s"}),
        ('ALTER TABLE ONLY "public"."p" ATTACH PARTITION "public"."p1" FOR VALUES', {"p"}),
        ('CREATE EXTENSION IF NOT EXISTS "citext" WITH SCHEMA "public";', {"citext"}),
        ('COMMENT ON TABLE "public"."t" IS', set()),
    ],
)
def test_command_names_what_is_lost(command, names):
    """A command says what is lost with it."""
    assert Failure("m", command).names == names


def test_head_gives_encoding_and_collation():
    """The archives head says how the source writes and sorts."""
    head = (
        b"PGDMP\x01SET client_encoding = 'LATIN1';\n\0CREATE DATABASE \"a b\" WITH TEMPLATE = template0"
        b" ENCODING = 'LATIN1'"
        b" LOCALE_PROVIDER = libc LC_COLLATE = 'C' LC_CTYPE = 'it''s' TABLESPACE = fast;\n"
    )
    locale = {"LOCALE_PROVIDER": "libc", "LC_COLLATE": "C", "LC_CTYPE": "it's"}
    assert Origin.of(head) == Origin("LATIN1", locale)


def test_silent_head_means_default_encoding():
    """A head that says nothing is taken for the usual encoding."""
    assert Origin.of(b"nothing") == Origin("UTF8", {})


def committed(bucket, key):
    return {"detail": {"bucket": {"name": bucket}, "object": {"key": key}}}


def test_manifest_event_requests_its_backup():
    """The event of a manifest asks for its backup once."""
    request = request_from(committed("backups", PREFIX + "manifest.json"), "backups")
    assert (request.backup, request.on_demand) == (PREFIX, False)


@pytest.mark.parametrize("backup", [PREFIX, PREFIX.rstrip("/")])
def test_an_operator_asks_again_and_says_why(backup):
    request = request_from({"backup": backup, "requested_by": "Ada", "reason": "drill"}, "backups")
    assert (request.backup, request.on_demand) == (PREFIX, True)
    assert (request.requested_by, request.reason) == ("Ada", "drill")


@pytest.mark.parametrize(
    "event",
    [
        committed("another", PREFIX + "manifest.json"),
        committed("backups", PREFIX + "dump.pgc.zst"),
        committed("backups", "manifest.json"),
        {"backup": 17},
        {},
    ],
    ids=str,
)
def test_event_without_backup_is_refused(event):
    """An event that names no backup of the bucket is refused."""
    with pytest.raises(BadRequestError):
        request_from(event, "backups")
