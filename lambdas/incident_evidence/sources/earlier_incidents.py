"""The last incidents with an alarm of this one, and what ended them."""

from collections.abc import Sequence
from typing import Final

from lambdas.incident_evidence.source import Found, Situation, Source
from lambdas.shared.incidents.table import IncidentTable
from lambdas.shared.quantities import duration
from lambdas.vocabulary.incidents import Entry, Incident

_MOST: Final = 3
_KEYS: Final = 10
"""Alarms of this incident whose earlier ones are looked for: each is a request."""


def _look(situation: Situation) -> Found:
    table = IncidentTable(situation.client("dynamodb"), situation.settings.incidents)
    own = situation.incident.number
    keys = dict.fromkeys(subject.key for subject in situation.incident.subjects[:_KEYS])
    numbers = {number for key in keys for number in table.with_key(key, limit=_MOST + 1) if number < own}
    found = (table.incident(number) for number in sorted(numbers, reverse=True)[:_MOST])
    return Found(tuple(_line(incident, table.timeline(incident.number), situation) for incident in found if incident))


def _line(incident: Incident, timeline: Sequence[Entry], situation: Situation) -> str:
    lasted = f", lasted {duration(incident.resolved_at - incident.opened_at)}" if incident.resolved_at else ""
    ended = f"; last: {said}" if (said := _last_words(timeline)) else ""
    return f"#{incident.number} {situation.from_opening(incident.opened_at)}{lasted}: {incident.title}{ended}"


def _last_words(timeline: Sequence[Entry]) -> str:
    """Of a person, who knows what was done; where nobody said anything, of the incident itself."""
    by_people = [entry for entry in timeline if entry.by]
    last = (by_people or list(timeline))[-1:]
    return "".join(f"{entry.by} {entry.text}".strip() for entry in last)


EARLIER_INCIDENTS = Source("Earlier incidents", _look)
