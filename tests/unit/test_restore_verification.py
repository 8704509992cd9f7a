"""How the verification reads what others wrote: pg_restore's messages, an archive's head, an event."""

import pytest

from lambdas.restore_verification.origin import Origin
from lambdas.restore_verification.report import report_on
from lambdas.restore_verification.request import BadRequestError, request_from

PREFIX = "orders/2026/11/23/20261123T020000Z-0123abcd/"
ERROR = "pg_restore: error: could not execute query: ERROR:  {}\n"
COMMAND = "Command was: ALTER TABLE ONLY public.orders\n    ADD CONSTRAINT orders_key FOREIGN KEY (a);\n\n\n"


def report(*lines, status=1, stand_in_locale=False):
    return report_on("".join(lines).splitlines(keepends=True), status, stand_in_locale=stand_in_locale)


def test_an_error_is_kept_with_its_command():
    found = report(ERROR.format('relation "a" does not exist'), "DETAIL:  none\n", COMMAND, "pg_restore: warning: 1\n")
    assert [str(failure) for failure in found.errors] == [
        'relation "a" does not exist (ALTER TABLE ONLY public.orders ADD CONSTRAINT orders_key FOREIGN KEY (a);)'
    ]
    assert len(found.commands_in_error(" ADD CONSTRAINT ")) == 1
    assert found.commands_in_error(" INDEX ") == []


def test_a_status_without_a_message_is_an_error():
    assert report("something else\n", status=-9).errors[0].message == (
        "pg_restore ended with status -9: something else"
    )


def test_what_every_new_database_has_may_be_there_already():
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
def test_what_this_server_cannot_do_is_not_the_backups_fault(message):
    found = report(ERROR.format(message))
    assert (found.errors, [failure.message for failure in found.beyond_this_server]) == ((), [message])


@pytest.mark.parametrize("stand_in_locale", [True, False])
def test_rules_that_hang_on_the_locale_condemn_only_under_the_sources_own(stand_in_locale):
    found = report(
        'pg_restore: error: COPY failed for table "p": ERROR:  new row for "p" violates check constraint "c"\n',
        stand_in_locale=stand_in_locale,
    )
    assert bool(found.errors) is not stand_in_locale


def test_the_archives_head_says_how_the_source_writes_and_sorts():
    head = (
        b"PGDMP\x01SET client_encoding = 'LATIN1';\n\0CREATE DATABASE \"a b\" WITH TEMPLATE = template0"
        b" ENCODING = 'LATIN1'"
        b" LOCALE_PROVIDER = libc LC_COLLATE = 'C' LC_CTYPE = 'it''s' TABLESPACE = fast;\n"
    )
    locale = {"LOCALE_PROVIDER": "libc", "LC_COLLATE": "C", "LC_CTYPE": "it's"}
    assert Origin.of(head) == Origin("LATIN1", locale)


def test_a_head_that_says_nothing_is_taken_for_the_usual_encoding():
    assert Origin.of(b"nothing") == Origin("UTF8", {})


def committed(bucket, key):
    return {"detail": {"bucket": {"name": bucket}, "object": {"key": key}}}


def test_the_event_of_a_manifest_asks_for_its_backup_once():
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
def test_an_event_that_names_no_backup_of_the_bucket_is_refused(event):
    with pytest.raises(BadRequestError):
        request_from(event, "backups")
