"""When alarm mute rules are in force.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Schedule.html
"""

from datetime import UTC, datetime, timedelta

import pytest

from emulator.cloudwatch.schedules import ScheduleError, windows_of

SUNDAY = datetime(2026, 3, 1, tzinfo=UTC)  # a month's first day too


def is_open(moment, expression, duration, timezone="UTC"):
    return windows_of(expression, duration, timezone).opened(moment) is not None


def hours(count):
    return timedelta(hours=count)


# The examples of the page, each with moments inside and outside of its windows.
CASES = [
    ("cron(0 2 * * *)", "PT2H", [hours(2), hours(3.9), hours(26)], [hours(1.9), hours(4), hours(25)]),
    ("cron(0 2 * * SUN)", "PT4H", [hours(2), hours(5.9)], [hours(1), hours(6), hours(26)]),
    ("cron(0 2 * * 7)", "PT4H", [hours(2)], [hours(26)]),
    ("cron(0 1 1 * *)", "PT6H", [hours(1), hours(6.5)], [hours(7), hours(25)]),
    ("cron(0 18 * * FRI)", "P2DT12H", [hours(0), hours(29.9), -hours(29)], [hours(30.1), -hours(30.1)]),
    ("cron(0,30 9-17 * MAR MON-FRI)", "PT1M", [hours(33), hours(33.5)], [hours(9), hours(33.1), hours(32)]),
    ("at(2026-03-01T14:00)", "PT6H", [hours(14), hours(19.9)], [hours(13.9), hours(20), hours(38)]),
    ("at(2026-02-27T00:00)", "P7D", [hours(0), hours(100)], [-hours(50), hours(120)]),
]


@pytest.mark.parametrize(("expression", "duration", "inside", "outside"), CASES)
def test_window_follows_its_schedule(expression, duration, inside, outside):
    """A window is open as its schedule says."""
    assert [is_open(SUNDAY + after, expression, duration) for after in (*inside, *outside)] == (
        [True] * len(inside) + [False] * len(outside)
    )


def test_schedule_uses_its_time_zone():
    """The schedule is meant in its time zone."""
    two_in_new_york = datetime(2026, 3, 1, 7, 0, tzinfo=UTC)
    assert is_open(two_in_new_york, "cron(0 2 * * *)", "PT1H", "America/New_York")
    assert not is_open(two_in_new_york, "cron(0 2 * * *)", "PT1H")
    assert is_open(two_in_new_york, "at(2026-03-01T02:00)", "PT1H", "America/New_York")


REFUSED = [
    ("cron(0 2 * *)", "PT1H", "UTC", "cron has 5 fields, not 4"),
    ("cron(0 25 * * *)", "PT1H", "UTC", "is not within 0-23"),
    ("cron(0 x * * *)", "PT1H", "UTC", "cannot be read"),
    ("rate(1 hour)", "PT1H", "UTC", "is neither cron"),
    ("at(tomorrow)", "PT1H", "UTC", "cannot be read"),
    ("cron(0 2 * * *)", "1h", "UTC", "1h is not a duration"),
    ("cron(0 2 * * *)", "PT30S", "UTC", "is not a duration"),
    ("cron(0 2 * * *)", "P16D", "UTC", "is not a duration from PT1M to P15D"),
    ("cron(0 2 * * *)", "PT1H", "Mars/Base", "Mars/Base is not a time zone"),
]


@pytest.mark.parametrize(("expression", "duration", "timezone", "reason"), REFUSED)
def test_a_schedule_that_cloudwatch_refuses_is_refused(expression, duration, timezone, reason):
    with pytest.raises(ScheduleError, match=reason):
        windows_of(expression, duration, timezone)
