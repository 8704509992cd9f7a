from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.review.span import due, span_of
from lambdas.vocabulary.reviews import Period


@pytest.mark.parametrize(
    ("period", "until", "since"),
    [
        (Period.WEEK, (2026, 11, 30), (2026, 11, 23)),
        (Period.MONTH, (2026, 12, 1), (2026, 11, 1)),
        (Period.MONTH, (2027, 1, 1), (2026, 12, 1)),
        (Period.MONTH, (2027, 3, 31), (2027, 2, 28)),
        (Period.MONTH, (2028, 3, 30), (2028, 2, 29)),
        (Period.QUARTER, (2027, 1, 1), (2026, 10, 1)),
        (Period.QUARTER, (2027, 5, 31), (2027, 2, 28)),
        (Period.DEPENDENCIES, (2027, 4, 1), (2027, 1, 1)),
    ],
)
def test_borders(period, until, since):
    assert span_of(period, datetime(*until, tzinfo=UTC)).since == datetime(*since, tzinfo=UTC)


def test_schedule_ends_at_midnight():
    """Whatever zone the slot is written in: UTC has no hour twice."""
    now = datetime(2026, 10, 26, 6, 0, 20, tzinfo=UTC)
    assert due("2026-10-26T06:00:00Z", now) == datetime(2026, 10, 26, tzinfo=UTC)
    assert due("2026-10-26T00:30:00+02:00", now) == datetime(2026, 10, 25, tzinfo=UTC)
    assert due(None, now) == now


def test_hours_of_a_week_with_a_change_of_clocks():
    """Summer time ends in Europe on 25 October 2026; in UTC the week has its 168 hours."""
    span = span_of(Period.WEEK, datetime(2026, 10, 26, tzinfo=UTC))
    assert span.until - span.since == timedelta(hours=168)
    assert len(span.days) == 7


@given(st.integers(1_600_000_000, 3_700_000_000), st.sampled_from(Period))
def test_days_cover_the_span(second, period):
    span = span_of(period, datetime.fromtimestamp(second, UTC))
    assert span.days[0] <= span.since < span.until <= span.days[-1] + timedelta(days=1)
    assert span.before.until == span.since
