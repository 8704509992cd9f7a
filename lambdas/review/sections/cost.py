"""What the account cost, against the time before, and what is forecast.

A request to Cost Explorer costs $0.01, each page of an answer as much: so monthly and quarterly only.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.review.gather import reason_of
from lambdas.review.section import Figure, Found, Section, Situation, UnknownError
from lambdas.review.span import span_of
from lambdas.shared.documents.document import Table, Text
from lambdas.shared.lines import one_line
from lambdas.vocabulary.reviews import Period, State

GREW_PERCENT, GREW_DOLLARS = 20.0, 5.0
"""Growth by both is worth a look."""
_MOST_PAGES: Final = 3
_LISTED: Final = 12
_METRIC: Final = "UnblendedCost"

ByService = dict[str, float]


def _look(situation: Situation) -> Found:
    until = _first_of_month(situation.span.until)
    now, before = span_of(situation.period, until), span_of(situation.period, span_of(situation.period, until).since)
    explorer = situation.client("ce")
    by_month = _by_month(explorer, before.since.date(), until.date())
    spent = _together(by_month, now.since.date(), now.until.date())
    earlier = _together(by_month, before.since.date(), before.until.date())
    total, total_before = sum(spent.values()), sum(earlier.values())
    if not by_month:
        raise UnknownError("Cost Explorer has no data of this account yet")
    forecast = _forecast(explorer, situation.at) if situation.period is Period.MONTH else None
    grew = total - total_before
    percent = 100 * grew / total_before if total_before else None
    is_more = percent is not None and percent > GREW_PERCENT and grew > GREW_DOLLARS
    source = f"Cost Explorer: {_METRIC}, the whole account"
    change = f", {percent:+.0f} %" if percent is not None else ""
    return Found(
        State.ATTENTION if is_more else State.GOOD,
        f"${total:.2f} in the {situation.period} to {until.date()}{change}" + (f"; {forecast[1]}" if forecast else ""),
        (
            Figure("dollars", f"From {now.since.date()} to {until.date()}", total, f"${total:.2f}", source),
            Figure("dollars_before", f"The {situation.period} before", total_before, f"${total_before:.2f}", source),
            *(
                (Figure("forecast", "Forecast", forecast[0], forecast[1], "Cost Explorer: GetCostForecast"),)
                if forecast
                else ()
            ),
        ),
        (
            Table(("Service", "Now", "Before", "Change"), tuple(_rows(spent, earlier))),
            Text("The account's whole bill, whatever else runs in it; this system's own share is in docs/cost.md."),
        ),
    )


def _by_month(explorer: Any, since: date, until: date) -> dict[date, ByService]:
    """Raises UnknownError where there are more pages than are paid for."""
    asked: dict[str, Any] = {
        "TimePeriod": {"Start": since.isoformat(), "End": until.isoformat()},
        "Granularity": "MONTHLY",
        "Metrics": [_METRIC],
        "GroupBy": [{"Type": "DIMENSION", "Key": "SERVICE"}],
    }
    found: dict[date, ByService] = {}
    for _ in range(_MOST_PAGES):
        answer = explorer.get_cost_and_usage(**asked)
        for result in answer["ResultsByTime"]:
            month = found.setdefault(date.fromisoformat(result["TimePeriod"]["Start"]), {})
            for group in result.get("Groups", ()):
                month[group["Keys"][0]] = float(group["Metrics"][_METRIC]["Amount"])
        if not answer.get("NextPageToken"):
            return {month: spent for month, spent in found.items() if spent}
        asked["NextPageToken"] = answer["NextPageToken"]
    raise UnknownError(f"the bill has more than {_MOST_PAGES} pages, each of which costs $0.01")


def _together(by_month: Mapping[date, ByService], since: date, until: date) -> ByService:
    spent: ByService = {}
    for month, services in by_month.items():
        for service, dollars in services.items() if since <= month < until else ():
            spent[service] = spent.get(service, 0.0) + dollars
    return spent


def _forecast(explorer: Any, at: datetime) -> tuple[float | None, str]:
    """Of what is left of the running month; a young account has too little history for one."""
    begins, ends = at.date(), _first_of_month(_first_of_month(at) + timedelta(days=32)).date()
    try:
        answer = explorer.get_cost_forecast(
            TimePeriod={"Start": begins.isoformat(), "End": ends.isoformat()},
            Metric="UNBLENDED_COST",
            Granularity="MONTHLY",
        )
    except (ClientError, BotoCoreError) as error:
        return None, f"forecast unknown ({one_line(reason_of(error))})"
    dollars = float(answer["Total"]["Amount"])
    return dollars, f"${dollars:.2f} forecast from {begins} to {ends}"


def _rows(spent: ByService, earlier: ByService) -> list[tuple[str, ...]]:
    names = sorted({*spent, *earlier}, key=lambda name: -max(spent.get(name, 0), earlier.get(name, 0)))
    rows = [_row(one_line(name), spent.get(name, 0.0), earlier.get(name, 0.0)) for name in names[:_LISTED]]
    rest = names[_LISTED:]
    if rest:
        rows.append(_row(f"{len(rest)} others", *(sum(of.get(name, 0.0) for name in rest) for of in (spent, earlier))))
    return rows


def _row(name: str, now: float, before: float) -> tuple[str, ...]:
    return name, f"${now:.2f}", f"${before:.2f}", f"{'+' if now >= before else '-'}${abs(now - before):.2f}"


def _first_of_month(at: datetime) -> datetime:
    return at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


COST = Section("cost", "Cost", _look)
