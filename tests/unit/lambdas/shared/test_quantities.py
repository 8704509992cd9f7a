"""Numbers as people say them."""

from datetime import UTC, datetime, timedelta

import pytest

from lambdas.shared.quantities import duration, moment, quantity, size


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (40.4, "40 s"),
        (14 * 60 + 59, "14 min"),
        (2 * 3600 + 300, "2 h 5 min"),
        (3 * 3600, "3 h"),
        (27 * 3600 + 600, "27 h"),
        (76 * 3600, "3 d 4 h"),
        (72 * 3600, "3 d"),
    ],
)
def test_a_duration_has_the_units_that_matter(seconds, said):
    assert duration(timedelta(seconds=seconds)) == said


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (93, "Percent", "93 %"),
        (93.456, "Percent", "93.5 %"),
        (97200, "Seconds", "27 h"),
        (0.35, "Seconds", "350 ms"),
        (0, "Seconds", "0 s"),
        (1200, "Milliseconds", "1.2 s"),
        (2e9, "Bytes", "2 GB"),
        (999, "Bytes", "999 B"),
        (3, "Count", "3"),
        (1250, "Count", "1250"),
        (999.7, "Milliseconds", "1000 ms"),
        (-999.6, "Count", "-1000"),
        (0.0312, "None", "0.0312"),
    ],
)
def test_a_value_has_its_unit(value, unit, said):
    assert quantity(value, unit) == said


def test_a_moment_has_its_time_zone():
    assert moment(datetime(2026, 11, 4, 20, 33, 7, tzinfo=UTC)) == "4 Nov 2026, 20:33:07 UTC"
    assert moment(datetime.fromisoformat("2026-11-04T01:33:07+05:00")) == "3 Nov 2026, 20:33:07 UTC"


@pytest.mark.parametrize(
    ("minutes", "text"), [(14, "14 min"), (625, "10 h 25 min"), (1440, "1 d"), (27 * 60, "1 d 3 h")]
)
def test_exact_duration_keeps_both_units(minutes, text):
    assert duration(timedelta(minutes=minutes), exact=True) == text


@pytest.mark.parametrize(("value", "text"), [(999, "999 B"), (56_228_017, "56.2 MB"), (1.5e9, "1.5 GB")])
def test_size_by_thousands(value, text):
    assert size(value) == text
