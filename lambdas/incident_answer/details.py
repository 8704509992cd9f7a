"""What an incident is about: its alarms, what was found when it opened, and what happened since."""

from collections.abc import Iterable
from datetime import datetime
from xml.etree.ElementTree import Element

from lambdas.shared.incidents.words import entry_text, one_line, title_of
from lambdas.shared.markup import element
from lambdas.shared.quantities import counted, duration, moment
from lambdas.vocabulary.incidents import Entry, Evidence, Gathered, Incident, Subject


def subjects(incident: Incident, at: datetime) -> Element:
    """What is still wrong first."""
    lasting = [each for each in incident.subjects if each.lasts]
    ended = [each for each in incident.subjects if not each.lasts]
    return element(
        "section",
        element("h2", "What is wrong" if lasting else "What was wrong"),
        element("ul", *(_subject(each, at) for each in (*lasting, *ended)), class_="subjects"),
    )


def _subject(subject: Subject, at: datetime) -> Element:
    links = [
        element("a", text, href=address, rel="noreferrer noopener")
        for text, address in (("Runbook", subject.runbook), ("Console", subject.console))
        if address.startswith("https://")
    ]
    return element(
        "li",
        element("h3", title_of(subject)),
        element("p", _how_long(subject, at), class_="quiet"),
        element("p", one_line(subject.measured)) if subject.measured else None,
        element("p", "First look: ", one_line(subject.first_look)) if subject.first_look else None,
        element("p", *links, class_="links") if links else None,
        class_=subject.level.value if subject.lasts else "over",
    )


def _how_long(subject: Subject, at: datetime) -> str:
    level = subject.level.value
    often = f", {counted(subject.times, 'time')}" if subject.times > 1 else ""
    if subject.recovered_at:
        return f"{level}, right again after {duration(subject.recovered_at - subject.raised_at)}{often}"
    if not subject.has_end:
        return f"{level}, happened {duration(at - subject.raised_at)} ago{often}"
    return f"{level}, for {duration(at - subject.raised_at)}{often}"


def evidence(gathered: Gathered | None, at: datetime) -> Element | None:
    if gathered is None:
        return None
    return element(
        "section",
        element("h2", "What was found"),
        element("p", f"Gathered {duration(at - gathered.at)} ago.", class_="quiet"),
        *map(_evidence, gathered.evidence),
    )


def _evidence(each: Evidence) -> Element:
    found = counted(len(each.lines), "line") if each.lines else "nothing"
    said = "not known" if each.failed else ("likely cause" if each.suspected else found)
    return element(
        "details",
        element("summary", element("strong", one_line(each.source)), f": {said}"),
        element("p", f"It said nothing: {one_line(each.failed)}") if each.failed else None,
        element("ul", *(element("li", one_line(line)) for line in each.lines)) if each.lines else None,
        open="open" if each.suspected else None,
        class_="suspected" if each.suspected else None,
    )


def timeline(entries: Iterable[Entry]) -> Element:
    """The newest first: it is read on a telephone."""
    newest_first = sorted(entries, key=lambda entry: entry.at, reverse=True)
    return element(
        "section",
        element("h2", "Timeline, newest first"),
        element("ol", *map(_entry, newest_first), class_="timeline", reversed="reversed"),
    )


def _entry(entry: Entry) -> Element:
    return element(
        "li", element("time", moment(entry.at), datetime=entry.at.isoformat()), element("p", entry_text(entry))
    )
