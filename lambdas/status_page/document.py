"""The status as JSON, for programs; `docs/schemas/status.schema.json` describes it."""

import json
from datetime import datetime
from typing import Any

from lambdas.shared.status_notes.notes import Maintenance, PublishedIncident
from lambdas.status_page import words
from lambdas.status_page.incidents import ServiceIncident
from lambdas.status_page.overview import Overview
from lambdas.status_page.service import DAYS, PERIODS, DayOfService, Service

SCHEMA_VERSION = 3


def document(overview: Overview, title: str) -> bytes:
    written = {
        "schema_version": SCHEMA_VERSION,
        "title": title,
        "written_at": overview.made_at.isoformat(),
        "observed_at": _time(overview.seen_at),
        "stale": overview.is_stale,
        "state": overview.state,
        "summary": words.summary(overview),
        "history_days": DAYS,
        "services": [_service(service) for service in overview.services],
        "incidents": [_incident(each) for each in overview.incidents],
        "incidents_not_listed": overview.not_listed,
        "published": [_published(each) for each in overview.published],
        "maintenance": [_maintenance(each, overview.made_at) for each in overview.maintenance],
    }
    return json.dumps(written, ensure_ascii=False, separators=(",", ":")).encode()


def _service(service: Service) -> dict[str, Any]:
    return {
        "name": service.name,
        "group": service.group or None,
        "state": service.state,
        "checked_state": service.checked,
        "in_maintenance": service.maintenance is not None,
        "since": _time(service.since),
        "observed_at": _time(service.seen_at),
        "reason": words.reason(service.checked, service.cause),
        "uptime": service.uptime,
        "uptimes": {"24h": service.uptime_24h, **{f"{days}d": service.uptime_of(days) for days in PERIODS}},
        "maintenance_seconds": service.in_maintenance.total_seconds(),
        "response_ms": {"newest": service.latency_ms, "median": service.median_ms, "p95": service.p95_ms},
        "days": [_day(day) for day in service.days],
    }


def _day(day: DayOfService) -> dict[str, Any]:
    return {
        "date": day.date.isoformat(),
        "state": day.state,
        "seconds": dict(day.seconds),
        "uptime": day.uptime,
        "maintenance_seconds": day.maintenance.total_seconds(),
        "median_ms": day.median_ms,
    }


def _incident(each: ServiceIncident) -> dict[str, Any]:
    incident = each.incident
    return {
        "id": each.key,
        "service": each.service,
        "worst": incident.worst,
        "reason": words.reason(incident.worst, incident.cause),
        "start": incident.start.isoformat(),
        "end": _time(incident.end),
        "updated": incident.changed_at.isoformat(),
        "times": each.times,
        "down_seconds": incident.down_seconds,
    }


def _published(each: PublishedIncident) -> dict[str, Any]:
    """Without who wrote it."""
    updates = [
        {"id": words.update_key(each, number), "at": update.at.isoformat(), "state": update.stage, "text": update.text}
        for number, update in enumerate(each.updates, start=1)
    ]
    return {
        "id": words.note_key(each),
        "title": each.title,
        "services": list(each.services),
        "impact": each.impact,
        "state": each.updates[-1].stage,
        "start": each.start.isoformat(),
        "end": _time(each.end),
        "updated": each.changed_at.isoformat(),
        "updates": updates[::-1],
    }


def _maintenance(each: Maintenance, moment: datetime) -> dict[str, Any]:
    """Without who announced it."""
    return {
        "id": words.note_key(each),
        "title": each.title,
        "services": list(each.services),
        "text": each.text,
        "state": each.phase(moment),
        "start": each.start.isoformat(),
        "until": each.until.isoformat(),
        "ended": _time(each.ended_at),
        "cancelled": _time(each.cancelled_at),
        "updated": each.changed_at.isoformat(),
    }


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
