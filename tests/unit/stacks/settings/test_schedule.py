"""EventBridge Scheduler's expressions: what it would refuse is refused, and the longest wait is known."""

from datetime import timedelta

import pytest

from stacks.settings.schedule import longest_interval
from stacks.settings.types import windows_overlap


@pytest.mark.parametrize(
    ("expression", "hours"),
    [
        ("cron(0 2 * * ? *)", 24),
        ("cron(0 2,14 * * ? *)", 12),
        ("cron(0 2,4 * * ? *)", 22),
        ("cron(0/15 * * * ? *)", 0.25),
        ("cron(0 2 ? * MON-FRI *)", 72),
        ("cron(0 2 ? * 2-6 *)", 72),
        ("cron(0 2 ? * SUN *)", 168),
        ("cron(0 2 1 * ? *)", 31 * 24),
        ("cron(0 2 1 JAN,JUL ? *)", 184 * 24),
        ("cron(0 2 29 2 ? *)", (3 * 365 + 366) * 24),
        ("cron(0 23 * * ? *)", 24),
        ("rate(12 hours)", 12),
        ("rate(1 day)", 24),
        ("rate(90 minutes)", 1.5),
    ],
)
def test_the_longest_interval_is_known(expression, hours):
    assert longest_interval(expression) == timedelta(hours=hours)


@pytest.mark.parametrize(
    "expression",
    ["cron(0 2 L * ? *)", "cron(0 2 15W * ? *)", "cron(0 2 ? * 6L *)", "cron(0 2 ? * 6#3 *)", "cron(0 2 * * ? 2027)"],
)
def test_irregular_interval_is_not_guessed(expression):
    """An interval that differs by month or ends is not guessed."""
    assert longest_interval(expression) is None


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("daily", "is not a cron: write cron"),
        ("0 2 * * *", "is not a cron: write cron"),
        ("cron(0 2 * * *)", "it has 5 fields, not 6"),
        ("cron(0 2 * * * *)", "one of day of month and day of week must be [?], and not both"),
        ("cron(0 2 ? * ? *)", "one of day of month and day of week must be [?], and not both"),
        ("cron(75 2 * * ? *)", "minute '75' is not in 0 to 59"),
        ("cron(0 24 * * ? *)", "hour '24' is not in 0 to 23"),
        ("cron(0 2 0 * ? *)", "day of month '0' is not in 1 to 31"),
        ("cron(0 2 ? * 0 *)", "day of week '0' is not in 1 to 7"),
        ("cron(0 2 ? * FUN *)", "day of week 'FUN' is not in 1 to 7"),
        ("cron(0 2 ? * FRI-MON *)", "'FRI-MON' ends before it starts"),
        ("cron(0 2 * * ? 1950)", "year '1950' is not in 1970 to 2199"),
        ("cron(0 2-x * * ? *)", "hour 'x' is not in 0 to 23"),
        ("cron(0 2/0 * * ? *)", "hour '2/0' cannot be read"),
        ("cron(0 2 31 2 ? *)", "no month has that day"),
        ("rate(0 days)", "is not a cron"),
        ("rate(5 weeks)", "is not a cron"),
        ("at(2027-01-01T00:00:00)", "is not a cron"),
    ],
)
def test_schedule_is_refused_with_reason(expression, reason):
    """What the scheduler would refuse is refused with the reason."""
    with pytest.raises(ValueError, match=reason):
        longest_interval(expression)


@pytest.mark.parametrize(
    ("daily", "weekly", "overlap"),
    [
        ("03:00-04:00", "sun:04:00-sun:05:00", False),
        ("03:00-04:00", "sun:03:59-sun:05:00", True),
        ("03:00-04:00", "tue:02:00-tue:03:00", False),
        ("23:30-00:30", "mon:00:00-mon:01:00", True),
        ("23:30-00:30", "sun:23:45-mon:00:45", True),
        ("00:00-00:30", "sun:23:00-mon:00:15", True),
        ("12:00-13:00", "sat:20:00-mon:02:00", True),
    ],
)
def test_windows_overlap_on_whichever_day_they_meet(daily, weekly, overlap):
    assert windows_overlap(daily, weekly) is overlap
