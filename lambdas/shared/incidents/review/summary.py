"""An incident in one sentence."""

from datetime import UTC, datetime

from lambdas.shared.incidents import times
from lambdas.shared.incidents.words import one_line
from lambdas.shared.quantities import counted, duration
from lambdas.vocabulary.incidents import Gathered, Incident


def summary(incident: Incident, gathered: Gathered | None, at: datetime) -> str:
    """What was raised and when, who took it, how long it took, and what is suspected."""
    opened = incident.opened_at.astimezone(UTC)
    what = f"On {opened.day} {opened:%b %Y} at {opened:%H:%M} UTC “{one_line(incident.title)}” was raised"
    answered = f"{_taken(incident)}{_ended(incident, at)}"
    return f"{what} ({incident.level.value}){_others(incident)}; {answered}{_suspect(gathered)}."


def _others(incident: Incident) -> str:
    others = len(incident.subjects) - 1
    return f" with {counted(others, 'further alarm')}" if others > 0 else ""


def _taken(incident: Incident) -> str:
    if incident.first_taken_at is None:
        return "nobody took it, " if incident.resolved_at else "nobody has taken it, "
    who, took = one_line(incident.taken_by), times.time_to_acknowledge(incident)
    after = f" {duration(took)} after the first page" if took is not None else ""
    return f"{who} took it{after}, " if who else f"it was taken{after}, "


def _ended(incident: Incident, at: datetime) -> str:
    took = duration(times.lasted(incident, at))
    return f"and it was resolved after {took}" if incident.resolved_at else f"and it has lasted for {took}"


def _suspect(gathered: Gathered | None) -> str:
    suspects = (each for each in gathered.evidence if each.suspected and each.lines) if gathered else iter(())
    first = next(suspects, None)
    return f"; suspected: {one_line(first.lines[0]).rstrip('.')}" if first else ""
