"""Who was paged, who answered, and how soon."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from lambdas.shared.documents.document import Block, Facts, Table, Text
from lambdas.shared.incidents import times
from lambdas.shared.incidents.words import by_way, one_line
from lambdas.shared.quantities import duration
from lambdas.vocabulary.incidents import Entry, Incident


def answers(incident: Incident, entries: Sequence[Entry], at: datetime) -> Iterator[Block]:
    yield Facts(tuple(_facts(incident, at)))
    said = tuple(_answer(entry, incident.first_paged_at) for entry in entries if entry.by and entry.via)
    if said:
        yield Table(("Who", "Answer", "How", "After the first page"), said)
    else:
        yield Text("Nobody answered.")


def _facts(incident: Incident, at: datetime) -> Iterator[tuple[str, str]]:
    yield "Paged", ", ".join(map(one_line, incident.paged)) or "nobody"
    acknowledged = times.time_to_acknowledge(incident)
    if acknowledged is not None:
        took = f"{duration(acknowledged)}, from the first accepted page to the first person who took it"
    else:
        took = "recovered before anybody took it" if times.is_untaken(incident) else "unknown"
    yield "Time to acknowledge", took
    resolved = times.time_to_resolve(incident)
    lasts = f"lasts for {duration(times.lasted(incident, at))}"
    yield "Time to resolve", f"{duration(resolved)}, from the first alarm" if resolved is not None else lasts
    if incident.declined:
        yield "Could not", ", ".join(map(one_line, incident.declined))


def _answer(entry: Entry, paged: datetime | None) -> tuple[str, ...]:
    after = "no page before" if paged is None or entry.at < paged else duration(entry.at - paged)
    return one_line(entry.by), one_line(entry.text), by_way(entry.via), after
