"""The incidents as an Atom feed (RFC 4287).

Each update of people is an entry of its own, as many readers pass over an entry that they have seen before.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from xml.etree.ElementTree import Element

from lambdas.shared.markup import element, xml
from lambdas.shared.status_notes.notes import Maintenance, PublishedIncident
from lambdas.status_page import words
from lambdas.status_page.files import FEED
from lambdas.status_page.incidents import ServiceIncident
from lambdas.status_page.overview import Overview

MOST_WRITTEN: Final = 50
"""Entries of what people wrote."""


@dataclass(frozen=True)
class Entry:
    key: str
    """The anchor in the page."""
    title: str
    published: datetime
    updated: datetime
    content: str


def feed(overview: Overview, title: str, address: str) -> bytes:
    """`address` is the page's own; entries link to their anchors in it."""
    today = overview.made_at.replace(hour=0, minute=0, second=0, microsecond=0)  # so that not each run is an update
    entries = [*_written(overview), *map(_found, overview.incidents)]
    return xml(
        element(
            "feed",
            element("id", address),
            element("title", f"{title}: incidents"),
            element("updated", max((each.updated for each in entries), default=today).isoformat()),
            element("author", element("name", title)),
            element("link", rel="self", href=address + FEED, type="application/atom+xml"),
            element("link", rel="alternate", href=address, type="text/html"),
            *[_entry(each, address) for each in entries],
            xmlns="http://www.w3.org/2005/Atom",
        )
    )


def _entry(each: Entry, address: str) -> Element:
    link = f"{address}#{each.key}"
    return element(
        "entry",
        element("id", link),
        element("title", each.title),
        element("published", each.published.isoformat()),
        element("updated", each.updated.isoformat()),
        element("link", rel="alternate", href=link, type="text/html"),
        element("content", each.content, type="text"),
    )


def _written(overview: Overview) -> list[Entry]:
    """What people wrote, newest first."""
    entries = [entry for incident in overview.published for entry in _updates(incident)]
    entries += [entry for maintenance in overview.maintenance for entry in _announcements(maintenance)]
    return sorted(entries, key=lambda entry: entry.published, reverse=True)[:MOST_WRITTEN]


def _updates(incident: PublishedIncident) -> Iterator[Entry]:
    for number, update in enumerate(incident.updates, start=1):
        title = f"{words.STAGES[update.stage]}: {incident.title}"
        content = f"{words.affected(incident)}\n\n{update.text}"
        yield Entry(words.update_key(incident, number), title, update.at, update.at, content)


def _announcements(maintenance: Maintenance) -> Iterator[Entry]:
    """That it was announced, and that it was ended early or cancelled."""
    changed_at, announced_at = maintenance.changed_at, maintenance.announced_at
    start, until = words.moment(maintenance.start), words.moment(maintenance.until)
    content = f"{start} to {until}: {', '.join(maintenance.services)}\n\n{maintenance.text}"
    yield Entry(words.note_key(maintenance), f"Maintenance: {maintenance.title}", announced_at, announced_at, content)
    if changed_at != announced_at:
        title = words.maintenance_title(maintenance)
        yield Entry(words.change_key(maintenance), title, changed_at, changed_at, f"Announced was: {content}")


def _found(each: ServiceIncident) -> Entry:
    incident = each.incident
    return Entry(each.key, words.incident_title(each), incident.start, incident.changed_at, _story(each))


def _story(each: ServiceIncident) -> str:
    """What changes with each check is written at the end only: an entry says when it changed."""
    incident = each.incident
    because = words.reason(incident.worst, incident.cause)
    if incident.end is None:
        return f"{because}, since {words.moment(incident.start)}. It lasts."
    down = words.incident_down(incident)
    lasted = words.duration(incident.end - incident.start)
    return f"{because}. It began {words.moment(incident.start)} and lasted {lasted}{down and f', {down}'}."
