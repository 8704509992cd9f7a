"""What the backup decides without touching anything."""

from datetime import UTC, datetime

import pytest

from lambdas.database_backup.commit import retention_of
from lambdas.database_backup.errors import (
    BackupInterruptedError,
    OutOfTimeError,
    SchemaChangedError,
    SourceNotReadyError,
    class_of,
)
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
def test_first_of_month_and_iso_week(moment, earlier, expected):
    """The first backup of a month and of an iso week is kept longer."""
    committed = [prefix_of("junkos", day(each), key=each) for each in earlier]
    assert retention_of(day(moment), committed) is expected


def test_slot_has_one_folder():
    """The same slot is the same folder however it is written."""
    slots = ["2026-03-04T02:00:00Z", "2026-03-04T02:00:00+00:00", "2026-03-04T03:00:00+01:00", "2026-03-04T02:00"]
    prefixes = {Request.of({"slot": slot}, slot).prefix("junkos", day("2026-03-05")) for slot in slots}
    assert len(prefixes) == 1
    assert prefixes.pop().startswith("junkos/2026/03/04/20260304T020000Z-")


def test_demand_runs_have_separate_folders():
    """Two requests on demand in the same second are two folders."""
    prefixes = {Request.of({}, request).prefix("junkos", day("2026-03-05")) for request in ("a", "b")}
    assert len(prefixes) == 2


@pytest.mark.parametrize("event", [{}, None, [], "text", 7, {"slot": None}, {"detail": 1}])
def test_other_events_are_on_demand(event):
    """Anything but a slot is a request on demand."""
    request = Request.of(event, "request-1")
    assert (request.slot, request.correlation_id) == (None, "request-1")


def test_invalid_time_is_refused():
    """A slot that is no time is refused."""
    with pytest.raises(SourceNotReadyError, match=r"'<aws\.scheduler\.scheduled-time>' is no ISO 8601 time"):
        Request.of({"slot": "<aws.scheduler.scheduled-time>"}, "request-1")


@pytest.mark.parametrize(
    "slot",
    [
        "",
        0,
        7,
        1.5,
        True,
        [],
        {"a": 1},
        "tomorrow",
        "2026-02-30",
        "0001-01-01T00:00+01:00",
        "9999-12-31T23:59-01:00",
        "x" * 10**6,
    ],
)
def test_garbage_slot_is_refused_briefly(slot):
    """A slot of garbage is refused in one short line."""
    with pytest.raises(SourceNotReadyError, match="is no ISO 8601 time") as refused:
        Request.of({"slot": slot}, "request-1")
    assert len(str(refused.value)) < 200


NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "slot", ["2099-01-01T00:00:00Z", "2026-03-04T12:05:01Z", "1999-12-31", "0044-03-15", "9999-12-31"]
)
def test_future_or_ancient_slot_is_refused(slot):
    """A slot in the future or before all schedules is refused."""
    with pytest.raises(SourceNotReadyError, match=f"slot '{slot}' is no time at which a schedule has been due"):
        Request.of({"slot": slot}, "request-1", lambda: NOON)


@pytest.mark.parametrize("slot", ["2026-03-04T12:05:00Z", "2026-03-04T12:00Z", "2026-02-18T02:00:00Z", "2000-01-01"])
def test_slightly_early_or_old_slot_works(slot):
    """A slot that is a little ahead of this clock or long past is taken."""
    assert Request.of({"slot": slot}, "request-1", lambda: NOON).slot


def test_extra_event_fields_fit_manifest():
    """What an event says besides fits into a manifest."""
    event = {"reason": "half a letter: \ud83d", "requested_by": ["a", "b"], "correlation_id": "x" * 10**6}
    request = Request.of(event, "request-1")
    assert (request.reason, request.requested_by) == ("half a letter: ?", "['a', 'b']")
    assert len(request.correlation_id) == 500


TOO_LONG = "ERROR:  invalid memory alloc request size 1174405125"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (TOO_LONG, SourceNotReadyError),
        ("out of memory\nDETAIL:  Cannot enlarge string buffer containing 1 bytes by 2 more", SourceNotReadyError),
        ("ERROR:  out of shared memory\nHINT:  You might need to increase ...", SourceNotReadyError),
        ("ERROR:  permission denied for table t", SourceNotReadyError),
        ('ERROR:  relation "public.t" does not exist', SchemaChangedError),
        ("ERROR:  cache lookup failed for relation 4711", SchemaChangedError),
        ("FATAL:  sorry, too many clients already", BackupInterruptedError),
        ("FATAL:  the database system is starting up", BackupInterruptedError),
        ("server closed the connection unexpectedly", BackupInterruptedError),
        ("ERROR:  canceling statement due to conflict with recovery", BackupInterruptedError),
        ("something that nobody has thought of", OutOfTimeError),
    ],
)
def test_error_class_says_whether_to_retry(text, expected):
    """The class of a failure says whether it passes by itself."""
    assert class_of(text, otherwise=OutOfTimeError) is expected


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (TOO_LONG, "keep such values in parts"),
        ("ERROR:  out of shared memory", "(raise max_locks_per_transaction at the server"),
        ("ERROR:  cannot access temporary or unlogged relations during recovery", "(a standby has no rows"),
        ("FATAL:  it broke\nDETAIL: more", "it broke"),
        ("pg_dump: error: it broke", "it broke"),
        ("\n\n", "no message"),
        ('FATAL:  database "x" does not exist', "(check the database's name in the settings or in the secret)"),
    ],
)
def test_postgresqls_words_become_one_line(text, line):
    assert line in one_line(text)
    assert "\n" not in one_line(text)


def test_remedy_may_be_in_detail():
    """The remedy may be in what was said besides."""
    context = "pg_dump: error: query failed: ERROR:  out of memory\nDETAIL: Cannot enlarge string buffer containing 1"
    assert "keep such values in parts" in one_line("query failed: ERROR:  out of memory", context=context)


def test_secrets_are_masked():
    assert one_line("cannot use hunter2 here", secrets=("", "hunter2")) == "cannot use *** here"
    assert one_line('invalid dsn "postgresql://app:hunter2@db/x"') == 'invalid dsn "postgresql://app:***@db/x"'
