"""What people wrote, as parts of the page."""

from datetime import datetime, timedelta
from typing import Final
from xml.etree.ElementTree import Element

from lambdas.shared.markup import element
from lambdas.shared.status_notes.notes import Maintenance, Phase, PublishedIncident
from lambdas.status_page import words
from lambdas.status_page.charts import icon
from lambdas.status_page.times import span, time

SILENT_AFTER: Final = timedelta(hours=6)
"""From then on, the page says that nobody has written an update."""


def published_incident(each: PublishedIncident, moment: datetime) -> Element:
    """Its updates newest first, as a reader who comes back looks for what is new."""
    numbered = list(enumerate(each.updates, start=1))
    return element(
        "article",
        icon(each.impact),
        element("h3", each.title),
        element("p", words.affected(each), class_="quiet"),
        _silence(each, moment),
        element(
            "ol",
            *[
                element(
                    "li",
                    element("p", element("strong", words.STAGES[update.stage]), " · ", time(update.at), class_="quiet"),
                    element("p", update.text, class_="said"),
                    id=words.update_key(each, number),
                )
                for number, update in reversed(numbered)
            ],
            class_="updates",
            reversed="reversed",
        ),
        class_=f"incident published {each.impact}",
        id=words.note_key(each),
    )


def maintenance(each: Maintenance, moment: datetime) -> Element:
    phase = each.phase(moment)
    return element(
        "article",
        icon("maintenance"),
        element("h3", each.title),
        element("p", element("strong", words.PHASES[phase]), f": {', '.join(each.services)}", class_="quiet"),
        element("p", each.text, class_="said"),
        element("p", *span(each.start, each.until), f" · {words.duration(each.until - each.start)}", class_="quiet"),
        element("p", *_ended(each, phase), class_="quiet", id=words.change_key(each)),
        class_="incident maintenance",
        id=words.note_key(each),
    )


def _ended(each: Maintenance, phase: Phase) -> tuple[Element | str, ...]:
    if each.cancelled_at:
        return "Cancelled ", time(each.cancelled_at), ". No time is left out of the uptime for it."
    early = ("Ended early, ", time(each.ended_at), ". ") if each.ended_at else ()
    is_left = "was" if phase is Phase.OVER else "is"
    return *early, f"What fails in this time {is_left} not counted in the uptime."


def _silence(each: PublishedIncident, moment: datetime) -> Element | None:
    silent = moment - each.changed_at
    if each.end or silent < SILENT_AFTER:
        return None
    return element("p", f"No update has been written for {words.duration(silent)}.", class_="silent")
