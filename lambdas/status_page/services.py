"""The services' part of the page."""

from xml.etree.ElementTree import Element

from lambdas.shared.markup import element
from lambdas.status_page import words
from lambdas.status_page.charts import bars, icon, response_times, scale
from lambdas.status_page.overview import DAYS, DayOfService, Overview, Service
from lambdas.vocabulary.endpoints import State

MOST_DAYS = 30
"""With trouble, that are listed of one service."""

_LEGEND = (
    (State.UP, "up all day"),
    (State.SLOW, "slow at times"),
    (State.DEGRADED, "degraded"),
    (State.DOWN, "down"),
    (State.UNKNOWN, "no data"),
)


def services(overview: Overview) -> Element:
    return element(
        "section",
        element("h2", "Services", id="services"),
        _legend() if overview.services else None,
        *[_service(service) for service in overview.services],
        aria_labelledby="services",
    )


def _legend() -> Element:
    samples = [element("li", element("span", class_=f"sample {state}"), meaning) for state, meaning in _LEGEND]
    return element(
        "div",
        element("p", f"One bar is one day, of {DAYS}. The taller it is, the worse was the worst of the day:"),
        element("ul", *samples),
        element("p", "The percentage counts every check, also single failures that made no incident."),
        class_="legend",
    )


def _service(service: Service) -> Element:
    return element(
        "article",
        element("h3", service.name),
        element("p", icon(service.state), words.STATES[service.state], class_=f"state {service.state}"),
        _present(service),
        element(
            "figure",
            element(
                "figcaption",
                element("span", f"Last {DAYS} days"),
                element(
                    "span",
                    element("strong", words.percent(service.uptime)),
                    " up" if service.uptime is not None else "",
                ),
            ),
            bars(service),
            element("div", element("span", f"{DAYS} days ago"), element("span", "Today"), class_="axis"),
        ),
        _times(service),
        _troubled_days(service),
        class_="service",
    )


def _present(service: Service) -> Element | None:
    parts = []
    if because := words.reason(service.state, service.cause):
        parts.append(because)
    if service.since and service.state is not State.UP:
        parts.append(f"since {words.moment(service.since)}")
    if service.state is State.UNKNOWN and service.seen_at:
        parts.append(f"last seen {words.moment(service.seen_at)}")
    said = ", ".join(parts)
    return element("p", f"{said[0].upper()}{said[1:]}", class_="quiet") if said else None


def _times(service: Service) -> Element | None:
    if service.median_ms is None:
        return None
    median = element("span", "median ", element("strong", words.milliseconds(service.median_ms)))
    return element(
        "figure",
        element("figcaption", element("span", "Response time"), median),
        response_times(service),
        element(
            "div",
            element("span", f"0 to {words.milliseconds(scale(service))}"),
            element("span", f"95 % within {words.milliseconds(service.p95_ms)}"),
            class_="axis",
        ),
    )


def _troubled_days(service: Service) -> Element | None:
    days = [day for day in reversed(service.days) if day.state not in (State.UP, State.UNKNOWN)]
    if not days:
        return None
    shown, older = days[:MOST_DAYS], len(days[MOST_DAYS:])
    head = element("tr", *[element("th", said, scope="col") for said in ("Day", "What happened", "Up")])
    return element(
        "details",
        element("summary", f"Days with trouble ({len(days)})"),
        element(
            "table",
            element("caption", f"Days with trouble of {service.name}", class_="unseen"),
            element("thead", head),
            element("tbody", *[_row(day) for day in shown]),
        ),
        _more(older),
    )


def _more(older: int) -> Element | None:
    said = f"And {older} older {'day' if older == 1 else 'days'}, as the bars show."
    return element("p", said, class_="quiet") if older else None


def _row(day: DayOfService) -> Element:
    return element(
        "tr",
        element("th", element("time", words.day(day.date), datetime=day.date.isoformat()), scope="row"),
        element("td", words.troubles(day)),
        element("td", words.percent(day.uptime)),
    )
