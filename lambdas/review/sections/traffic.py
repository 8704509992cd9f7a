"""How many requests come at which hour and weekday."""

from collections.abc import Sequence
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


def _look(situation: Situation) -> Found:
    promise = Objective.from_json(situation.settings.promises[0])
    requests = _requests_only(promise)
    span = situation.span
    end = _whole_hour(span.until)
    number = -((span.since - end) // _HOUR)
    counts = read_counts(situation.client("cloudwatch"), [requests], end, number * _HOUR, _HOUR)[requests].events
    if not sum(counts):
        raise UnknownError("no request was counted (is the API's log read? runbook traffic)")
    means = _means(counts, end - number * _HOUR)
    grid = Grid("Requests an hour, on average, by weekday and hour (UTC)", _DAYS, _HOURS, means, said=rounded)
    flat = [(day, hour, value) for day, row in enumerate(means) for hour, value in enumerate(row) if value is not None]
    busiest, quietest = max(flat, key=lambda each: each[2]), min(flat, key=lambda each: each[2])
    peak = max(range(number), key=lambda place: counts[place])
    at = end - (number - peak) * _HOUR
    source = f"CloudWatch: {', '.join(sorted({one.metric for one in promise.events}))}, by hour"
    return Found(
        State.NOTED,
        f"{rounded(sum(counts))} requests; busiest {_named(busiest)} UTC with {rounded(busiest[2])} an hour",
        (
            Figure("requests", "Requests", sum(counts), rounded(sum(counts)), source),
            Figure("busiest_hour", "Busiest hour", counts[peak], f"{rounded(counts[peak])} ({_stamp(at)})", source),
            Figure(
                "usually_busiest",
                "Usually the busiest",
                busiest[2],
                f"{_named(busiest)}: {rounded(busiest[2])}",
                source,
            ),
            Figure(
                "usually_quietest",
                "Usually the quietest",
                quietest[2],
                f"{_named(quietest)}: {rounded(quietest[2])}",
                source,
            ),
        ),
        (grid,),
    )


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


def _named(cell: tuple[int, int, float]) -> str:
    return f"{_DAYS[cell[0]]} {_HOURS[cell[1]]}:00"


def _stamp(at: datetime) -> str:
    return f"{at:%a} {at.day} {at:%b, %H}:00"


TRAFFIC = Section("traffic", "Traffic by hour and weekday", _look)
