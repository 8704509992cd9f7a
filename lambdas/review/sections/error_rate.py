"""The share of the API's requests that failed, by day."""

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
    rates = [100 * bad / events if events else None for events, bad in zip(counts.events, counts.bad, strict=True)]
    names = tuple(f"{day:%a} {day.day} {day:%b}" for day in days)
    over = [name for name, rate in zip(names, rates, strict=True) if rate is not None and rate > ERROR_PERCENT]
    rate = 100 * failed / requests
    said = f"{rounded(rate)} % of {rounded(requests)} requests failed"
    source = f"CloudWatch: {', '.join(sorted({one.metric for one in promise.series}))}, by day"
    return Found(
        State.ATTENTION if over else State.GOOD,
        f"{said}; above {ERROR_PERCENT:g} % on {', '.join(over)}" if over else f"{said}, {ERROR_PERCENT:g} % on no day",
        (
            Figure("error_percent", "Requests that failed", rate, f"{rounded(rate)} %", source),
            Figure("requests", "Requests", requests, rounded(requests), source),
            Figure("failed", "Answered with 5xx", failed, rounded(failed), source),
        ),
        (
            Bars("Failed requests by day", names, tuple(rates), said=_percent, limit=ERROR_PERCENT),
            Table(
                ("Day (UTC)", "Requests", "Failed", "Share"),
                tuple(
                    (name, rounded(events), rounded(bad), "no request" if share is None else _percent(share))
                    for name, events, bad, share in zip(names, counts.events, counts.bad, rates, strict=True)
                ),
            ),
        ),
    )


def _percent(share: float) -> str:
    return f"{rounded(share)} %"


ERROR_RATE = Section("error_rate", "Error rate", _look)
