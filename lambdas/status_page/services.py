"""The services' part of the page."""

from xml.etree.ElementTree import Element

from lambdas.shared.markup import element
from lambdas.status_page import words
from lambdas.status_page.charts import bars, icon, is_notable, response_times, scale
from lambdas.status_page.overview import Overview
from lambdas.status_page.service import DAYS, PERIODS, DayOfService, Service
from lambdas.vocabulary.endpoints import State

MOST_DAYS = 30
"""With trouble, that are listed of one service."""

_LEGEND: tuple[tuple[str, str], ...] = (
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
        _legend(overview) if overview.services else None,
        *[part for name, members in overview.groups for part in _group(name, members)],
        aria_labelledby="services",
    )


def _group(name: str, members: list[Service]) -> list[Element]:
    """Services without a group have no heading but that of all."""
    level = "h4" if name else "h3"
    heading = [element("h3", name, class_="group")] if name else []
    return [*heading, *[_service(service, level) for service in members]]


def _legend(overview: Overview) -> Element:
    maintained = any(service.in_maintenance for service in overview.services)
    legend = (*_LEGEND, ("maintenance", "announced maintenance alone")) if maintained else _LEGEND
    samples = [element("li", element("span", class_=f"sample {shape}"), meaning) for shape, meaning in legend]
    return element(
        "div",
        element("p", f"One bar is one day, of {DAYS}. The taller it is, the worse was the worst of the day:"),
        element("ul", *samples),
        element("p", "The percentage counts every check, also single failures that made no incident."),
        element("p", "Announced maintenance is left out of it: checks in that time count neither way.")
        if maintained
        else None,
        class_="legend",
    )


def _service(service: Service, level: str) -> Element:
    return element(
        "article",
        element(level, service.name),
        _state(service),
        _present(service),
        _of_people(service),
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
        _uptimes(service),
        _times(service),
        _troubled_days(service),
        class_="service",
    )


def _state(service: Service) -> Element:
    if not service.counts:
        return element("p", icon("maintenance"), "In maintenance", class_="state maintenance")
    return element("p", icon(service.state), words.STATES[service.state], class_=f"state {service.state}")


def _of_people(service: Service) -> Element | None:
    """What people published or announced, with a link to it."""
    parts: list[Element | str] = []
    if service.reported and service.state is not service.checked:
        link = element("a", service.reported.title, href=f"#{words.note_key(service.reported)}")
        parts += ["Published by people: ", link, f". The checks say: {words.STATES[service.checked].lower()}. "]
    if service.maintenance:
        link = element("a", service.maintenance.title, href=f"#{words.note_key(service.maintenance)}")
        parts += ["Announced maintenance: ", link, f", until {words.moment(service.maintenance.end)}"]
    return element("p", *parts, class_="quiet") if parts else None


def _uptimes(service: Service) -> Element | None:
    """Of the last 24 hours and of whole days, today included."""
    if service.uptime is None and not service.in_maintenance:
        return None
    shares = {"24 hours": service.uptime_24h} | {f"{days} days": service.uptime_of(days) for days in PERIODS}
    without = words.without_maintenance(service.in_maintenance)
    return element(
        "div",
        element(
            "dl",
            *[element("div", element("dt", name), element("dd", words.percent(of))) for name, of in shares.items()],
        ),
        element("p", f"{without}.") if without else None,
        class_="uptimes",
    )


def _present(service: Service) -> Element | None:
    parts = []
    if because := words.reason(service.checked, service.cause):
        parts.append(because)
    if service.since and service.checked is not State.UP:
        parts.append(f"since {words.moment(service.since)}")
    if service.checked is State.UNKNOWN and service.seen_at:
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
    days = [day for day in reversed(service.days) if is_notable(day)]
    if not days:
        return None
    said = "Days with trouble or maintenance" if any(day.maintenance for day in days) else "Days with trouble"
    shown, older = days[:MOST_DAYS], len(days[MOST_DAYS:])
    head = element("tr", *[element("th", said, scope="col") for said in ("Day", "What happened", "Up")])
    return element(
        "details",
        element("summary", f"{said} ({len(days)})"),
        element(
            "table",
            element("caption", f"{said} of {service.name}", class_="unseen"),
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
