"""How long an incident took: the one definition, for reviews, figures, commands and views."""

from datetime import datetime, timedelta

from lambdas.vocabulary.incidents import Incident, Subject


def time_to_acknowledge(incident: Incident) -> timedelta | None:
    """From the first page that was accepted for delivery to the first person who took it; None without either.

    Zero where somebody took it before anybody was paged.
    """
    if incident.first_paged_at is None or incident.first_taken_at is None:
        return None
    return max(incident.first_taken_at - incident.first_paged_at, timedelta(0))


def time_to_resolve(incident: Incident) -> timedelta | None:
    """From its first alarm to its (last) end; None while it lasts."""
    return incident.resolved_at - incident.opened_at if incident.resolved_at else None


def lasted(incident: Incident, at: datetime) -> timedelta:
    """Until its end, or until `at`."""
    return max((incident.resolved_at or at) - incident.opened_at, timedelta(0))


def is_untaken(incident: Incident) -> bool:
    """It recovered before anybody took it."""
    return incident.resolved_at is not None and incident.first_taken_at is None


def subject_lasted(subject: Subject, at: datetime) -> timedelta | None:
    """None for what has no duration, such as a finding."""
    if not subject.has_end and subject.lasts:
        return None
    return max((subject.recovered_at or at) - subject.raised_at, timedelta(0))
