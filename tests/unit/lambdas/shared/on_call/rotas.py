"""Rotas in zones whose clocks do what clocks can do, and overrides of them."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st

from lambdas.vocabulary.on_call import Override, Rota

ZONES = (
    "Africa/Casablanca",  # back an hour for Ramadan
    "America/New_York",
    "America/Sao_Paulo",  # changed at midnight
    "America/St_Johns",  # -03:30, changed at 00:01
    "Asia/Gaza",  # changes on dates that are announced late
    "Asia/Kathmandu",  # +05:45, never changes
    "Australia/Lord_Howe",  # changes by half an hour
    "Europe/Berlin",
    "Pacific/Apia",  # had no 30 December 2011
    "UTC",
)
NAMES = ("ana", "ben", "cem", "dora", "eli")
WEEK = timedelta(weeks=1)

patient = settings(deadline=None)
"""A busy machine is no defect of the rota."""


def utc(year, month, day, hour=0, minute=0):
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def berlin(people=("ana", "ben", "cem"), overrides=(), **changed):
    """Mondays at 09:00, from 2 November 2026 on."""
    fields = {"timezone": "Europe/Berlin", "handoff_weekday": 0, "handoff_time": "09:00", "start": date(2026, 11, 2)}
    return Rota(**{**fields, "people": people, "overrides": tuple(overrides), **changed})


moments = st.integers(0, 22 * 365 * 86400).map(lambda seconds: utc(2010, 1, 1) + timedelta(seconds=seconds))
"""With years in which each of ZONES changed its clocks, if it ever did."""


@st.composite
def overrides(draw, around, people=(*NAMES, "guest")):
    """Of up to two weeks, within three of `around`."""
    start = around + timedelta(minutes=draw(st.integers(-21 * 1440, 21 * 1440)))
    person, instead_of = draw(st.permutations(people))[:2]
    until = start + timedelta(minutes=draw(st.integers(1, 14 * 1440)))
    return Override(person, start, until, instead_of, draw(st.sampled_from(["", "a", "b"])))


@st.composite
def rotas(draw, around=None, least=2):
    people = NAMES[: draw(st.integers(least, len(NAMES)))]
    planned = draw(st.lists(overrides(around), max_size=4)) if around else []
    return Rota(
        timezone=draw(st.sampled_from(ZONES)),
        handoff_weekday=draw(st.integers(0, 6)),
        handoff_time=f"{draw(st.integers(0, 23)):02}:{draw(st.integers(0, 59)):02}",
        start=draw(st.dates(date(2010, 1, 1), date(2032, 1, 1))),
        people=people,
        overrides=tuple(planned),
    )


@st.composite
def situations(draw, least=2):
    """A moment, a rota with overrides around it, and urgent ones."""
    moment = draw(moments)
    return moment, draw(rotas(moment, least)), draw(st.lists(overrides(moment), max_size=3))
