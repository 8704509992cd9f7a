"""The page as HTML: complete without a script, and without anything from elsewhere."""

from datetime import datetime, timedelta
from xml.etree.ElementTree import Element

from lambdas.shared.markup import element, html
from lambdas.status_page import words
from lambdas.status_page.charts import icon
from lambdas.status_page.files import FEED, ICON, LIVE, PAGE, STATUS, STYLE
from lambdas.status_page.incidents import ServiceIncident
from lambdas.status_page.overview import DAYS, Overview
from lambdas.status_page.services import services

RELOAD_SECONDS = 60


def page(overview: Overview, title: str, stale_after: timedelta, *, reloads: bool) -> bytes:
    """`reloads` makes the variant that loads itself anew each minute, for screens on a wall.

    The page itself must not: a reader with a screen reader or a magnifier would lose their position (WCAG 2.2.1).
    """
    return html(
        element(
            "html",
            _head(overview, title, reloads=reloads),
            element(
                "body",
                element("a", "Skip to the services", href="#services", class_="skip"),
                element(
                    "header",
                    element("p", title, class_="brand"),
                    _as_of(overview),
                ),
                element(
                    "main",
                    _headline(overview),
                    _stale_notice(overview, stale_after),
                    _lasting(overview),
                    services(overview),
                    _past(overview),
                ),
                _footer(overview, stale_after, reloads=reloads),
            ),
            lang="en",
        )
    )


def _head(overview: Overview, title: str, *, reloads: bool) -> Element:
    summary = words.summary(overview)
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="description", content=f"{summary}. The state of each service, and its last {DAYS} days."),
        element("meta", **{"http-equiv": "refresh", "content": str(RELOAD_SECONDS)}) if reloads else None,
        element("title", f"{summary} · {title}"),
        element("link", rel="stylesheet", href=STYLE),
        element("link", rel="icon", href=ICON, type="image/svg+xml"),
        element("link", rel="alternate", href=FEED, type="application/atom+xml", title=f"{title}: incidents"),
        element("link", rel="alternate", href=STATUS, type="application/json", title=title),
    )


def _as_of(overview: Overview) -> Element:
    if overview.seen_at is None:
        return element("p", "Nothing has been checked yet", class_="as-of")
    return element("p", "As of ", element("strong", _time(overview.seen_at)), class_="as-of")


def _headline(overview: Overview) -> Element:
    return element(
        "div",
        icon(overview.state),
        element("h1", words.summary(overview)),
        class_=f"headline {overview.state}",
    )


def _stale_notice(overview: Overview, stale_after: timedelta) -> Element | None:
    if not overview.is_stale:
        return None
    said = "No service has been checked yet."
    if overview.seen_at:
        age = words.duration(overview.made_at - overview.seen_at)
        said = f"The last check was {age} before this page was written: what follows is old."
    return element(
        "p",
        element("strong", "Stale. "),
        f"{said} Normally, no check is older than {words.duration(stale_after)}. This says nothing about the services.",
        class_="notice",
    )


def _lasting(overview: Overview) -> Element | None:
    incidents = overview.lasting_incidents
    if not incidents:
        return None
    return element(
        "section",
        element("h2", "Incidents at the last check" if overview.is_stale else "Current incidents", id="now"),
        *[_incident(each, overview.seen_at or overview.made_at) for each in incidents],
        aria_labelledby="now",
    )


def _past(overview: Overview) -> Element:
    incidents = overview.past_incidents
    nothing = element("p", f"No incident has ended in the last {DAYS} days.", class_="quiet")
    return element(
        "section",
        element("h2", "Past incidents", id="past"),
        *([_incident(each, overview.made_at) for each in incidents] or [nothing]),
        _not_listed(overview.not_listed),
        aria_labelledby="past",
    )


def _not_listed(older: int) -> Element | None:
    if not older:
        return None
    are = "incident is" if older == 1 else "incidents are"
    return element("p", f"{older} older {are} not listed: the bars above show their days.", class_="quiet")


def _incident(each: ServiceIncident, moment: datetime) -> Element:
    incident = each.incident
    lasted = words.duration(max((incident.end or moment) - incident.start, timedelta(0)))
    so_far = f"{each.times} times" if incident.end is None and each.times > 1 else ""
    extent = [said for said in (lasted, so_far, words.incident_down(incident)) if said]
    return element(
        "article",
        icon(incident.worst),
        element("h3", words.incident_title(each)),
        element("p", words.reason(incident.worst, incident.cause), "."),
        element("p", *_span(incident.start, incident.end), f" · {' · '.join(extent)}", class_="quiet"),
        class_=f"incident {incident.worst}",
        id=each.key,
    )


def _span(start: datetime, end: datetime | None) -> tuple[Element | str, ...]:
    if end is None:
        return "Since ", _time(start)
    if end.date() != start.date():
        return _time(start), " to ", _time(end)
    return _time(start, words.moment(start).removesuffix(" UTC")), " to ", _time(end, f"{end:%H:%M} UTC")


def _footer(overview: Overview, stale_after: timedelta, *, reloads: bool) -> Element:
    other = element("a", "Stop reloading", href=PAGE) if reloads else element("a", "Reload every minute", href=LIVE)
    return element(
        "footer",
        element(
            "p",
            "Written ",
            _time(overview.made_at),
            ", and again every five minutes. A page cannot know how old it is: compare the time at its top with a "
            f"clock. If it is more than {words.duration(stale_after)} ago, do not rely on what is said here.",
        ),
        element("p", "You opened this page a while ago: load it again.", class_="opened-long-ago"),
        element(
            "nav",
            element("a", "Load again", href=LIVE if reloads else PAGE),
            other,
            element("a", "JSON", href=STATUS),
            element("a", "Atom feed", href=FEED),
            aria_label="This page",
        ),
    )


def _time(at: datetime, said: str | None = None) -> Element:
    return element("time", said or words.moment(at), datetime=f"{at:%Y-%m-%dT%H:%M:%SZ}")
