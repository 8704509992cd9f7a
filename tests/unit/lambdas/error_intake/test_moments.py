"""An event has a time that can be, whatever the client's clock says."""

from datetime import UTC, datetime, timedelta

import pytest

from lambdas.error_intake.moments import happened_at
from tests.unit.lambdas.error_intake.sending import ERROR, START, Place, of_error

RECEIVED = START.timestamp()
HOUR, YEAR = 3600, 365 * 86400


@pytest.mark.parametrize(
    ("written", "sent_at", "expected"),
    [
        (RECEIVED - 5, None, RECEIVED - 5),
        (RECEIVED - 5.25, RECEIVED, RECEIVED - 5.25),
        (int(RECEIVED), None, RECEIVED),
        ("2026-11-27T11:00:10.500Z", None, RECEIVED - HOUR + 0.5),
        ("2026-11-27T11:00:10", None, RECEIVED - HOUR),
        ("2026-11-27T12:00:10+01:00", None, RECEIVED - HOUR),
        # the clock is years off, and says so when it sends
        (RECEIVED - 9 * YEAR - 60, RECEIVED - 9 * YEAR, RECEIVED - 60),
        (RECEIVED + 9 * YEAR - 60, RECEIVED + 9 * YEAR, RECEIVED - 60),
        ("2017-01-01T00:00:00Z", "2017-01-01T00:10:00Z", RECEIVED - 600),
        # nothing says by how much
        (RECEIVED - 9 * YEAR, None, RECEIVED),
        (RECEIVED + HOUR, None, RECEIVED),
        (RECEIVED + 60, None, RECEIVED),
        (0, None, RECEIVED),
        (-1e300, 1e300, RECEIVED),
        # an event that waited while the client was offline
        (RECEIVED - 20 * HOUR, RECEIVED, RECEIVED - 20 * HOUR),
        # no times
        (None, None, RECEIVED),
        ("", "x", RECEIVED),
        ("9999-99-99", None, RECEIVED),
        (float("inf"), None, RECEIVED),
        (10**400, None, RECEIVED),
        (True, None, RECEIVED),
        ({}, [], RECEIVED),
        ("0001-01-01T00:00:00+23:59", None, RECEIVED),
    ],
)
def test_moment_is_possible(written, sent_at, expected):
    assert happened_at(written, sent_at, START) == pytest.approx(expected)


def test_wrong_clock_is_corrected():
    place = Place()
    old = datetime(2011, 1, 1, tzinfo=UTC)
    place.send(
        of_error(
            {**ERROR, "timestamp": old.timestamp()},
            sent_at=(old + timedelta(seconds=7)).isoformat().replace("+00:00", "Z"),
        )
    )
    assert place.events[0]["timestamp"] == RECEIVED - 7
