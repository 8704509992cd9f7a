"""How many requests come at which hour and weekday."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from lambdas.error_budget.objective import Objective
from lambdas.error_budget.read_counts import read_counts
from lambdas.review.section import Figure, Found, Section, Situation, UnknownError
from lambdas.shared.documents.document import Grid
from lambdas.shared.quantities import rounded
from lambdas.vocabulary.reviews import State

_HOUR: Final = timedelta(hours=1)
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_HOURS: Final = tuple(f"{hour:02d}" for hour in range(24))


@dataclass(frozen=True)
class _Cell:
    """An hour of a weekday, and how many requests it has on average."""

    day: int
    hour: int
    requests: float

    def __str__(self) -> str:
        return f"{_DAYS[self.day]} {_HOURS[self.hour]}:00"


def _look(situation: Situation) -> Found:
    promise = Objective.from_json(situation.settings.promises[0])
    end = _whole_hour(situation.span.until)
    number = -((situation.span.since - end) // _HOUR)
    counts = _requests(situation, promise, end, number)
    if not sum(counts):
        raise UnknownError("no request was counted (is the API's log read? runbook traffic)")
    means = _means(counts, end - number * _HOUR)
    cells = [_Cell(day, hour, of) for day, row in enumerate(means) for hour, of in enumerate(row) if of is not None]
    busiest = max(cells, key=lambda cell: cell.requests)
    peak = max(range(number), key=lambda place: counts[place])
    source = f"CloudWatch: {', '.join(sorted({one.metric for one in promise.events}))}, by hour"
    at_peak = f"{rounded(counts[peak])} ({_stamp(end - (number - peak) * _HOUR)})"
    return Found(
        State.NOTED,
        f"{rounded(sum(counts))} requests; busiest {busiest} UTC with {rounded(busiest.requests)} an hour",
        (
            Figure.of_number("requests", "Requests", sum(counts), source),
            Figure("busiest_hour", "Busiest hour", counts[peak], at_peak, source),
            _usually("busiest", busiest, source),
            _usually("quietest", min(cells, key=lambda cell: cell.requests), source),
        ),
        (Grid("Requests an hour, on average, by weekday and hour (UTC)", _DAYS, _HOURS, means, said=rounded),),
    )


def _usually(what: str, cell: _Cell, source: str) -> Figure:
    shown = f"{cell}: {rounded(cell.requests)}"
    return Figure(f"usually_{what}", f"Usually the {what}", cell.requests, shown, source)


def _requests(situation: Situation, promise: Objective, end: datetime, hours: int) -> Sequence[float]:
    """By hour, oldest first."""
    requests = _requests_only(promise)
    return read_counts(situation.client("cloudwatch"), [requests], end, hours * _HOUR, _HOUR)[requests].events


def _requests_only(promise: Objective) -> Objective:
    """The same without what failed: half of the metrics need not be read."""
    return Objective(promise.promise, promise.seen_by, promise.percent, promise.events, good=promise.events)


def _means(counts: Sequence[float], start: datetime) -> tuple[tuple[float | None, ...], ...]:
    sums = [[0.0] * 24 for _ in _DAYS]
    seen = [[0] * 24 for _ in _DAYS]
    for place, count in enumerate(counts):
        at = (start + place * _HOUR).astimezone(UTC)
        sums[at.weekday()][at.hour] += count
        seen[at.weekday()][at.hour] += 1
    return tuple(
        tuple(total / times if times else None for total, times in zip(row, of, strict=True))
        for row, of in zip(sums, seen, strict=True)
    )


def _whole_hour(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _stamp(at: datetime) -> str:
    return f"{at:%a} {at.day} {at:%b, %H}:00"


TRAFFIC = Section("traffic", "Traffic by hour and weekday", _look)
