"""What the backup decides without touching anything."""

from datetime import UTC, datetime

import pytest

from lambdas.database_backup.commit import retention_of
from lambdas.database_backup.errors import SourceNotReadyError
from lambdas.database_backup.request import Request
from lambdas.shared.postgres_errors import one_line
from lambdas.vocabulary.backups import Retention, prefix_of


def day(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "earlier", "expected"),
    [
        ("2026-03-04", [], Retention.MONTHLY),
        ("2026-03-04", ["2026-03-01"], Retention.WEEKLY),  # a Sunday, of the week before
        ("2026-03-04", ["2026-03-02"], Retention.DAILY),
        ("2026-04-01", ["2026-03-31"], Retention.MONTHLY),
        ("2027-01-01", ["2026-12-31", "2026-01-01"], Retention.MONTHLY),
        ("2027-01-02", ["2027-01-01"], Retention.DAILY),  # both of ISO week 53 of 2026
        ("2027-01-04", ["2027-01-02", "2026-01-05"], Retention.WEEKLY),
    ],
)
def test_the_first_backup_of_a_month_and_of_an_iso_week_is_kept_longer(moment, earlier, expected):
    committed = [prefix_of("junkos", day(each), key=each) for each in earlier]
    assert retention_of(day(moment), committed) is expected


def test_the_same_slot_is_the_same_folder_however_it_is_written():
    slots = ["2026-03-04T02:00:00Z", "2026-03-04T02:00:00+00:00", "2026-03-04T03:00:00+01:00", "2026-03-04T02:00"]
    prefixes = {Request.of({"slot": slot}, slot).prefix("junkos", day("2026-03-05")) for slot in slots}
    assert len(prefixes) == 1
    assert prefixes.pop().startswith("junkos/2026/03/04/20260304T020000Z-")


def test_two_requests_on_demand_in_the_same_second_are_two_folders():
    prefixes = {Request.of({}, request).prefix("junkos", day("2026-03-05")) for request in ("a", "b")}
    assert len(prefixes) == 2


@pytest.mark.parametrize("event", [{}, None, [], "text", {"slot": None}, {"detail": 1}])
def test_anything_but_a_slot_is_a_request_on_demand(event):
    request = Request.of(event, "request-1")
    assert (request.slot, request.correlation_id) == (None, "request-1")


def test_a_slot_that_is_no_time_is_refused():
    with pytest.raises(SourceNotReadyError, match=r"'<aws\.scheduler\.scheduled-time>' is no ISO 8601 time"):
        Request.of({"slot": "<aws.scheduler.scheduled-time>"}, "request-1")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("FATAL:  it broke\nDETAIL: more", "it broke"),
        ("pg_dump: error: it broke", "it broke"),
        ("\n\n", "no message"),
        ('FATAL:  database "x" does not exist', "(check the database's name in the settings or in the secret)"),
    ],
)
def test_postgresqls_words_become_one_line(text, line):
    assert line in one_line(text)
    assert "\n" not in one_line(text)


def test_secrets_are_masked():
    assert one_line("cannot use hunter2 here", secrets=("", "hunter2")) == "cannot use *** here"
    assert one_line('invalid dsn "postgresql://app:hunter2@db/x"') == 'invalid dsn "postgresql://app:***@db/x"'
