"""Who is on call at a moment, and the shifts of a time: the one answer for paging, commands, pages and calendars.

A handoff is a time that clocks show, a whole number of weeks after the first one, and not a multiple of 168 hours:
clocks that go forward or back do not move it.  A time that they show twice is its first occurrence; one that they
never show is read by the offset before the gap, so 02:30 is 03:30 where they go from 02:00 to 03:00.  That is how
RFC 5545 (3.3.5) reads times, too.

Overrides, at each moment those that are active then:

1. The rota names a primary, and the next person as the backup.
2. Overrides of the environment file replace these, all at once, so that two of them can swap two people.  One does not
   count while an urgent one names the same `instead_of`.
3. Urgent ones (`further`, from the table) replace, in the order in which they were made, whoever is on call by then,
   by the rota or as a stand-in.  Of two with the same `instead_of` the later one counts.
4. Where the backup is the primary then, the backup is the next person of the rota who is neither the primary nor
   replaced by anybody; where there is none, nobody.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from lambdas.vocabulary.on_call import OnCall, Override, Rota, Shift, Who

_DAYS_OF_WEEK = 7


def on_call_at(rota: Rota, moment: datetime, further: Sequence[Override] = ()) -> OnCall:
    """`moment` has a zone, any; `further` are the overrides of the table."""
    if not rota.people:
        return OnCall(None, None)
    urgent = _urgent_at(further, moment)
    planned = {
        each.instead_of: each.person
        for each in rota.overrides
        if each.is_active(moment) and each.instead_of not in urgent
    }
    primary, *others = _in_turn(rota, _week_at(rota, moment))
    backup = others[0] if others else primary
    primary, backup = (_replaced(person, planned, urgent) for person in (primary, backup))
    if backup != primary:
        return OnCall(primary, backup)
    free = (person for person in others if person not in {primary, *planned, *urgent})
    return OnCall(primary, next(free, None))


def people_of(who: Sequence[str], rota: Rota, moment: datetime, further: Sequence[Override] = ()) -> tuple[str, ...]:
    """Whom a step pages, each once; empty where it is the backup's and nobody is.

    Everybody is all people of the rota and those who stand in at the moment.  A name is that person, on call or not:
    no override changes it.
    """
    now = on_call_at(rota, moment, further)
    meant: dict[str, tuple[str | None, ...]] = {
        Who.PRIMARY: (now.primary,),
        Who.BACKUP: (now.backup,),
        Who.EVERYBODY: (now.primary, now.backup, *rota.people),
    }
    found = (person for word in who for person in meant.get(word, (word,)) if person is not None)
    return tuple(dict.fromkeys(found))


def shifts(rota: Rota, start: datetime, until: datetime, further: Sequence[Override] = ()) -> Iterator[Shift]:
    """They tile the time from `start` to `until`: cut at each handoff, and where an override changes who is on call."""
    handoffs = set(_handoffs(rota, start, until))
    edges = {edge for each in (*rota.overrides, *further) for edge in (each.start, each.until)}
    inner = (edge.astimezone(UTC) for edge in handoffs | edges if start < edge < until)
    cuts = sorted({start.astimezone(UTC), until.astimezone(UTC), *inner})
    shift: Shift | None = None
    for begin, end in pairwise(cuts):
        now = on_call_at(rota, begin, further)
        if shift and begin not in handoffs and (shift.person, shift.backup) == (now.primary, now.backup):
            shift = replace(shift, until=end)
            continue
        if shift:
            yield shift
        shift = Shift(now.primary, now.backup, begin, end)
    if shift:
        yield shift


def holes(rota: Rota, start: datetime, until: datetime, further: Sequence[Override] = ()) -> Iterator[Shift]:
    """The shifts without a primary or without a backup."""
    return (shift for shift in shifts(rota, start, until, further) if shift.is_hole)


def shift_at(rota: Rota, moment: datetime, further: Sequence[Override] = ()) -> Shift:
    """The whole of the shift that `moment` is in."""
    week = shifts(rota, last_handoff(rota, moment), next_handoff(rota, moment), further)
    return next(shift for shift in week if moment < shift.until)


def next_handoff(rota: Rota, moment: datetime) -> datetime:
    """The first one after `moment`, in UTC; overrides do not move it."""
    return _begin_of(rota, _week_at(rota, moment) + 1)


def last_handoff(rota: Rota, moment: datetime) -> datetime:
    """The last one that is not after `moment`, in UTC."""
    return _begin_of(rota, _week_at(rota, moment))


def _handoffs(rota: Rota, start: datetime, until: datetime) -> Iterator[datetime]:
    week = _week_at(rota, start)
    while (begin := _begin_of(rota, week)) < until:
        yield begin
        week += 1


def _week_at(rota: Rota, moment: datetime) -> int:
    """Its number: 0 is the first person's first."""
    days = moment.astimezone(ZoneInfo(rota.timezone)).date() - _first_day(rota)
    week = days // timedelta(days=_DAYS_OF_WEEK)
    # On the day of the handoff it may not have come yet; of a day that the zone skipped it comes on the next one.
    while _begin_of(rota, week) > moment:
        week -= 1
    while _begin_of(rota, week + 1) <= moment:
        week += 1
    return week


def _begin_of(rota: Rota, week: int) -> datetime:
    day = _first_day(rota) + timedelta(days=_DAYS_OF_WEEK * week)
    wall = datetime.combine(day, time.fromisoformat(rota.handoff_time), ZoneInfo(rota.timezone))
    return wall.astimezone(UTC)


def _first_day(rota: Rota) -> date:
    return rota.start - timedelta(days=(rota.start.weekday() - rota.handoff_weekday) % _DAYS_OF_WEEK)


def _in_turn(rota: Rota, week: int) -> tuple[str, ...]:
    """All people, the week's primary first."""
    first = week % len(rota.people)
    return rota.people[first:] + rota.people[:first]


def _urgent_at(further: Sequence[Override], moment: datetime) -> dict[str, str]:
    """Who stands in for whom, in the order in which it was said."""
    said: dict[str, str] = {}
    for each in sorted(further, key=lambda each: each.identifier):
        if each.is_active(moment):
            said.pop(each.instead_of, None)  # a dictionary keeps the place of a key that is there
            said[each.instead_of] = each.person
    return said


def _replaced(person: str, planned: Mapping[str, str], urgent: Mapping[str, str]) -> str:
    person = planned.get(person, person)
    for instead_of, stand_in in urgent.items():
        if person == instead_of:
            person = stand_in
    return person
