"""The incidents as an Atom feed (RFC 4287)."""

from xml.etree.ElementTree import Element

from lambdas.shared.markup import element, xml
from lambdas.status_page import words
from lambdas.status_page.files import FEED
from lambdas.status_page.incidents import ServiceIncident
from lambdas.status_page.overview import Overview


def feed(overview: Overview, title: str, address: str) -> bytes:
    """`address` is the page's own; entries link to their anchors in it."""
    today = overview.made_at.replace(hour=0, minute=0, second=0, microsecond=0)  # so that not each run is an update
    changed = [each.incident.changed_at for each in overview.incidents]
    return xml(
        element(
            "feed",
            element("id", address),
            element("title", f"{title}: incidents"),
            element("updated", max(changed, default=today).isoformat()),
            element("author", element("name", title)),
            element("link", rel="self", href=address + FEED, type="application/atom+xml"),
            element("link", rel="alternate", href=address, type="text/html"),
            *[_entry(each, address) for each in overview.incidents],
            xmlns="http://www.w3.org/2005/Atom",
        )
    )


def _entry(each: ServiceIncident, address: str) -> Element:
    incident = each.incident
    link = f"{address}#{each.key}"
    return element(
        "entry",
        element("id", link),
        element("title", words.incident_title(each)),
        element("published", incident.start.isoformat()),
        element("updated", incident.changed_at.isoformat()),
        element("link", rel="alternate", href=link, type="text/html"),
        element("content", _story(each), type="text"),
    )


def _story(each: ServiceIncident) -> str:
    """What changes with each check is written at the end only: an entry says when it changed."""
    incident = each.incident
    because = words.reason(incident.worst, incident.cause)
    if incident.end is None:
        return f"{because}, since {words.moment(incident.start)}. It lasts."
    down = words.incident_down(incident)
    lasted = words.duration(incident.end - incident.start)
    return f"{because}. It began {words.moment(incident.start)} and lasted {lasted}{down and f', {down}'}."
