"""The share of the API's requests that failed, by day."""

from collections.abc import Iterator, Sequence

from lambdas.error_budget.burn_rate import Counts
from lambdas.error_budget.objective import Objective
from lambdas.error_budget.read_counts import read_counts
from lambdas.review.section import Figure, Found, Section, Situation, UnknownError
from lambdas.review.span import DAY
from lambdas.shared.documents.document import Bars, Table
from lambdas.shared.quantities import rounded
from lambdas.vocabulary.reviews import ERROR_PERCENT, State


def _look(situation: Situation) -> Found:
    promise = Objective.from_json(situation.settings.promises[0])
    days = situation.span.days
    counts = read_counts(situation.client("cloudwatch"), [promise], days[-1] + DAY, len(days) * DAY, DAY)[promise]
    requests, failed = sum(counts.events), sum(counts.bad)
    if not requests:
        raise UnknownError("no request was counted (is the API's log read? runbook traffic)")
    names = tuple(f"{day:%a} {day.day} {day:%b}" for day in days)
    rates = tuple(_rate(events, bad) for events, bad in zip(counts.events, counts.bad, strict=True))
    over = [name for name, rate in zip(names, rates, strict=True) if rate is not None and rate > ERROR_PERCENT]
    said = f"{_percent(_rate(requests, failed))} of {rounded(requests)} requests failed"
    source = f"CloudWatch: {', '.join(sorted({one.metric for one in promise.series}))}, by day"
    return Found(
        State.ATTENTION if over else State.GOOD,
        f"{said}; above {ERROR_PERCENT:g} % on {', '.join(over)}" if over else f"{said}, {ERROR_PERCENT:g} % on no day",
        tuple(_figures(requests, failed, source)),
        (Bars("Failed requests by day", names, rates, said=_percent, limit=ERROR_PERCENT), _table(names, counts)),
    )


def _figures(requests: float, failed: float, source: str) -> Iterator[Figure]:
    rate = _rate(requests, failed)
    yield Figure("error_percent", "Requests that failed", rate, _percent(rate), source)
    yield Figure.of_number("requests", "Requests", requests, source)
    yield Figure.of_number("failed", "Answered with 5xx", failed, source)


def _table(names: Sequence[str], counts: Counts) -> Table:
    rows = (
        (name, rounded(events), rounded(bad), _percent(_rate(events, bad)))
        for name, events, bad in zip(names, counts.events, counts.bad, strict=True)
    )
    return Table(("Day (UTC)", "Requests", "Failed", "Share"), tuple(rows))


def _rate(events: float, bad: float) -> float | None:
    """In per cent; None without a request."""
    return 100 * bad / events if events else None


def _percent(share: float | None) -> str:
    return "no request" if share is None else f"{rounded(share)} %"


ERROR_RATE = Section("error_rate", "Error rate", _look)
