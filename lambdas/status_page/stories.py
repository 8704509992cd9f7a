"""The parts of the page on what is wrong now and what was."""

from datetime import datetime, timedelta
from xml.etree.ElementTree import Element

from lambdas.shared.markup import element
from lambdas.shared.status_notes.notes import Phase
from lambdas.status_page import words
from lambdas.status_page.charts import icon
from lambdas.status_page.incidents import ServiceIncident
from lambdas.status_page.notes import maintenance, published_incident
from lambdas.status_page.overview import Overview
from lambdas.status_page.service import DAYS
from lambdas.status_page.times import span


def lasting(overview: Overview) -> Element | None:
    incidents, published = overview.lasting_incidents, overview.open_published
    if not incidents and not published:
        return None
    return element(
        "section",
        element("h2", "Incidents at the last check" if overview.is_stale else "Current incidents", id="now"),
        *[published_incident(each, overview.made_at) for each in published],
        *[_incident(each, overview, overview.seen_at or overview.made_at) for each in incidents],
        aria_labelledby="now",
    )


def past(overview: Overview) -> Element:
    nothing = element("p", f"No incident has ended in the last {DAYS} days.", class_="quiet")
    return element(
        "section",
        element("h2", "Past incidents", id="past"),
        *([said for _, said in _newest_first(overview)] or [nothing]),
        _not_listed(overview.not_listed),
        aria_labelledby="past",
    )


def _newest_first(overview: Overview) -> list[tuple[datetime, Element]]:
    """What checks found, what people published, and maintenance, each with its start."""
    at = overview.made_at
    over = overview.maintenance_that_is(Phase.OVER, Phase.CANCELLED)
    resolved = [each for each in overview.published if each.end]
    found = [
        *[(each.incident.start, _incident(each, overview, at)) for each in overview.past_incidents],
        *[(each.start, published_incident(each, at)) for each in resolved],
        *[(each.cancelled_at or each.start, maintenance(each, at)) for each in over],
    ]
    return sorted(found, key=lambda dated: dated[0], reverse=True)


def _not_listed(older: int) -> Element | None:
    if not older:
        return None
    are = "incident is" if older == 1 else "incidents are"
    return element("p", f"{older} older {are} not listed: the bars above show their days.", class_="quiet")


def _incident(each: ServiceIncident, overview: Overview, moment: datetime) -> Element:
    incident = each.incident
    lasted = words.duration(max((incident.end or moment) - incident.start, timedelta(0)))
    so_far = f"{each.times} times" if incident.end is None and each.times > 1 else ""
    extent = [said for said in (lasted, so_far, words.incident_down(incident)) if said]
    return element(
        "article",
        icon(incident.worst),
        element("h3", words.incident_title(each)),
        element("p", words.reason(incident.worst, incident.cause), "."),
        element("p", *span(incident.start, incident.end), f" · {' · '.join(extent)}", class_="quiet"),
        _announced() if overview.was_announced(each) else None,
        class_=f"incident {incident.worst}",
        id=each.key,
    )


def _announced() -> Element:
    said = "It began in announced maintenance: what failed in that time is not counted in the uptime."
    return element("p", said, class_="quiet")
