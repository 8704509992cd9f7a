"""A year of shifts: what a calendar asks for at each of its refreshes."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from time import process_time

from bench.place import Place
from bench.results import Aim, Result, spread, table
from lambdas.shared.on_call.calendar import Calendar, feed
from lambdas.shared.on_call.rotation import shifts
from lambdas.vocabulary.on_call import Override, Rota

PEOPLE = tuple(f"person-{number}" for number in range(10))
YEAR, BEGIN = timedelta(days=365), datetime(2027, 1, 1, tzinfo=UTC)
OVERRIDES = (0, 20, 100)
MOST_MILLISECONDS = 50


def measure(_: Place, repeats: int) -> Result:
    """Processor time of the shifts and of the calendar, in this process."""
    result = Result("rota", "A year of on-call shifts for ten people")
    taken = {number: _milliseconds(_rota(number), repeats) for number in OVERRIDES}
    rows = [(f"{number} overrides", *map(spread, times)) for number, times in taken.items()]
    result.tables.append(table(("rota", "shifts, ms", "calendar, ms"), rows))
    result.aims.append(Aim("a year of shifts, the most", max(taken[0][0]), MOST_MILLISECONDS, unit="ms"))
    result.measured = {str(number): {"shifts": times[0], "calendar": times[1]} for number, times in taken.items()}
    return result


def _rota(overrides: int) -> Rota:
    return Rota("Europe/Berlin", 0, "09:00", date(2026, 11, 2), PEOPLE, tuple(_overrides(overrides)))


def _overrides(number: int) -> Iterator[Override]:
    """Of two days each, spread over the year."""
    for index in range(number):
        start = BEGIN + YEAR * index / number
        person, instead_of = PEOPLE[index % 10], PEOPLE[(index + 1) % 10]
        yield Override(person, start, start + timedelta(days=2), instead_of)


def _milliseconds(rota: Rota, repeats: int) -> tuple[list[float], list[float]]:
    found: tuple[list[float], list[float]] = ([], [])
    for _ in range(repeats):
        began = process_time()
        list(shifts(rota, BEGIN, BEGIN + YEAR))
        between = process_time()
        feed(Calendar("bench", "Bench"), rota, BEGIN, past=timedelta(0), ahead=YEAR)
        found[0].append(1000 * (between - began))
        found[1].append(1000 * (process_time() - between))
    return found
