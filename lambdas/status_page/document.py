"""The status as JSON, for programs; `docs/schemas/status.schema.json` describes it."""

import json
from datetime import datetime
from typing import Any

from lambdas.status_page import words
from lambdas.status_page.incidents import ServiceIncident
from lambdas.status_page.overview import DAYS, DayOfService, Overview, Service

SCHEMA_VERSION = 2


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
    }
    return json.dumps(written, ensure_ascii=False, separators=(",", ":")).encode()


def _service(service: Service) -> dict[str, Any]:
    return {
        "name": service.name,
        "state": service.state,
        "since": _time(service.since),
        "observed_at": _time(service.seen_at),
        "reason": words.reason(service.state, service.cause),
        "uptime": service.uptime,
        "response_ms": {"newest": service.latency_ms, "median": service.median_ms, "p95": service.p95_ms},
        "days": [_day(day) for day in service.days],
    }


def _day(day: DayOfService) -> dict[str, Any]:
    return {
        "date": day.date.isoformat(),
        "state": day.state,
        "seconds": dict(day.seconds),
        "uptime": day.uptime,
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


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
