"""What is counted of incidents, against a reference that counts by hand."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lambdas.shared.incidents.figures import Times, months, times
from lambdas.shared.incidents.times import time_to_acknowledge
from tests.unit.lambdas.shared.incidents.story import INCIDENT, OPEN

DURATIONS = st.timedeltas(timedelta(0), timedelta(days=30))


def incident(number, opened, taken=None, resolved=None, **fields):
    """`taken` and `resolved` are minutes after it opened; it was paged when it opened."""
    return replace(
        INCIDENT,
        number=number,
        opened_at=opened,
        first_paged_at=opened,
        first_taken_at=opened + timedelta(minutes=taken) if taken is not None else None,
        resolved_at=opened + timedelta(minutes=resolved) if resolved is not None else None,
        **fields,
    )


NOVEMBER = datetime(2026, 11, 10, tzinfo=UTC)
OCTOBER = datetime(2026, 10, 10, tzinfo=UTC)


def minutes(found):
    return Times(found[0], *(timedelta(minutes=each) for each in found[1:]))


def test_months_are_newest_first():
    found = months([incident(1, OCTOBER, 1, 2), incident(2, NOVEMBER, 1, 2)])
    assert [month.name for month in found] == ["2026-11", "2026-10"]


def test_median_and_worst_of_a_month():
    (month,) = months([incident(number, NOVEMBER, number, 10 * number) for number in (1, 2, 30)])
    assert month.acknowledged == minutes((3, 2, 30))
    assert month.resolved == minutes((3, 20, 300))


def test_untaken_ones_stand_apart():
    """They are in no time to acknowledge: nobody was slow, and nobody was fast."""
    (month,) = months([incident(1, NOVEMBER, 4, 10), incident(2, NOVEMBER, None, 2)])
    assert (month.count, month.untaken) == (2, 1)
    assert month.acknowledged == minutes((1, 4, 4))
    assert month.resolved == minutes((2, 10, 10))


def test_lasting_incident_has_no_time():
    (month,) = months([OPEN])
    assert (month.count, month.untaken, month.resolved, month.acknowledged) == (1, 0, Times(), Times())


def test_tests_are_listed_and_not_counted():
    (month,) = months([incident(1, NOVEMBER, 1, 1, is_test=True), incident(2, NOVEMBER, 5, 9, flapping=True)])
    assert (month.count, month.tests, month.flapping) == (1, 1, 1)
    assert month.acknowledged == minutes((1, 5, 5))
    assert [(each.number, each.is_test, each.flapping) for each in month.incidents] == [
        (2, False, True),
        (1, True, False),
    ]


def test_month_is_that_of_the_rota():
    late = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)
    assert months([incident(1, late)], "Europe/Berlin")[0].name == "2026-11"
    assert months([incident(1, late)])[0].name == "2026-10"


def test_answer_before_the_page_is_no_wait():
    early = replace(incident(1, NOVEMBER, 0), first_paged_at=NOVEMBER + timedelta(minutes=1))
    assert time_to_acknowledge(early) == timedelta(0)


def test_unpaged_incident_has_no_time_to_acknowledge():
    assert time_to_acknowledge(replace(incident(1, NOVEMBER, 3), first_paged_at=None)) is None


@given(st.lists(st.none() | DURATIONS))
def test_times_agree_with_counting(found):
    """Half of them took no longer than the median, and half no shorter; the worst is one, and none is worse."""
    known = [each for each in found if each is not None]
    counted = times(found)
    assert counted.count == len(known)
    if not known:
        assert counted == Times()
        return
    assert counted.median in known
    assert 2 * sum(each <= counted.median for each in known) >= len(known)
    assert 2 * sum(each >= counted.median for each in known) >= len(known)
    assert counted.worst in known
    assert not any(each > counted.worst for each in known)


@given(
    st.lists(
        st.tuples(st.integers(0, 400), st.none() | st.integers(0, 999), st.none() | st.integers(0, 999), st.booleans())
    )
)
def test_every_incident_is_in_one_month(given_ones):
    found = months(
        incident(number, NOVEMBER + timedelta(days=day), taken, resolved, is_test=is_test)
        for number, (day, taken, resolved, is_test) in enumerate(given_ones)
    )
    listed = [each.number for month in found for each in month.incidents]
    assert sorted(listed) == list(range(len(given_ones)))
    assert sum(month.count + month.tests for month in found) == len(given_ones)
    assert sorted({month.name for month in found}, reverse=True) == [month.name for month in found]
