"""The page's English."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from lambdas.shared import quantities
from lambdas.shared.endpoint_state.cause import Cause
from lambdas.shared.endpoint_state.incident import TROUBLE, Incident
from lambdas.shared.status_notes.notes import Maintenance, Note, Phase, PublishedIncident, Stage
from lambdas.status_page.incidents import ServiceIncident
from lambdas.status_page.overview import Overview
from lambdas.status_page.service import DayOfService, Service
from lambdas.vocabulary.endpoints import FLAPPING, Reason, State

STATES = {
    State.UP: "Up",
    State.SLOW: "Slow",
    State.DEGRADED: "Degraded",
    State.DOWN: "Down",
    State.UNKNOWN: "No recent data",
}
DAYS = STATES | {State.UNKNOWN: "No data"}

STAGES = {stage: stage.value.capitalize() for stage in Stage}
PHASES = {phase: phase.value.capitalize() for phase in Phase}

REASONS: dict[str, str] = {
    Reason.DNS: "Its name could not be resolved",
    Reason.DNS_TIMEOUT: "Its name could not be resolved in time",
    Reason.REFUSED: "It refused connections",
    Reason.UNREACHABLE: "It could not be reached",
    Reason.CLOSED: "It closed connections before its answer was complete",
    Reason.CONNECT_TIMEOUT: "It did not accept connections in time",
    Reason.TLS_TIMEOUT: "It did not complete the TLS handshake in time",
    Reason.WAIT_TIMEOUT: "It did not answer in time",
    Reason.READ_TIMEOUT: "Its answer did not end in time",
    Reason.TLS_INVALID: "Its TLS certificate was not valid",
    Reason.TLS_FAILED: "It did not agree to a secure connection (TLS)",
    Reason.MALFORMED: "Its answer was not valid HTTP",
    Reason.TOO_LARGE: "Its answer was too large",
    Reason.WRONG_STATUS: "It answered with an error",
    Reason.WRONG_BODY: "Its answer did not say what it should",
    Reason.REDIRECT: "It redirected in a way that leads nowhere",
    Reason.ADDRESS_REFUSED: "Its name led to an address that is not public",
}

_NBSP = "\N{NO-BREAK SPACE}"


def summary(overview: Overview) -> str:
    """The overall state in one sentence."""
    if not overview.services:
        return "No services are shown here"
    if overview.is_stale:
        return "No recent data"
    counted = [service for service in overview.services if service.counts]
    maintained = [service.name for service in overview.services if not service.counts]
    maintenance = f"nnounced maintenance of {_some(maintained, len(overview.services))}"
    if not counted:
        return f"A{maintenance}"
    state = overview.state
    names = [service.name for service in counted if service.state is state]
    if state is State.UP:
        others = "All other services are up" if maintained else "All services are up"
        up = others if len(names) > 1 else f"{names[0]} is up"
        return f"{up}, a{maintenance}" if maintained else up
    if state is State.UNKNOWN:
        return f"No recent data of {_some(names, len(overview.services))}"
    verb = "is" if len(names) == 1 else "are"
    return f"{_some(names, len(overview.services))} {verb} {STATES[state].lower()}"


def reason(state: State, cause: Cause) -> str:
    """Why it is degraded or down, in a sentence; empty when there is nothing to say."""
    if state not in TROUBLE:
        return ""
    reported = f"reports trouble with: {', '.join(cause.checks)}" if cause.checks else ""
    if state is State.DEGRADED and cause.reason != FLAPPING:
        return f"It {reported or 'reports trouble of its own'}"
    failed = "It answered and failed by turns" if cause.reason == FLAPPING else ""
    failed = failed or REASONS.get(cause.reason, "It did not answer as it should")
    return f"{failed}, and {reported}" if reported else failed


def incident_title(each: ServiceIncident) -> str:
    incident = each.incident
    if incident.end is None:
        return f"{each.service} is {STATES[incident.worst].lower()}"
    if incident.worst is State.DEGRADED and incident.cause.reason == FLAPPING:
        return f"{each.service} failed {each.times} times"
    return f"{each.service} was {STATES[incident.worst].lower()}{f' {each.times} times' if each.times > 1 else ''}"


def incident_down(incident: Incident) -> str:
    """How much of it was downtime, where that is not all; empty else."""
    down = timedelta(seconds=incident.down_seconds)
    lasted = None if incident.end is None else incident.end - incident.start
    return f"down for {duration(down)} of it" if down and down != lasted else ""


def note_key(note: Note) -> str:
    """Unique and lasting; an anchor of the page."""
    return f"note-{note.id}"


def update_key(incident: PublishedIncident, number: int) -> str:
    """As `note_key`, of one update; they are numbered from 1."""
    return f"{note_key(incident)}-{number}"


def change_key(maintenance: Maintenance) -> str:
    """As `note_key`, of its early end or its cancellation."""
    return f"{note_key(maintenance)}-changed"


def affected(incident: PublishedIncident) -> str:
    """Such as `Down: Public API, Payments`."""
    return f"{STATES[incident.impact.state]}: {', '.join(incident.services)}"


def maintenance_title(maintenance: Maintenance) -> str:
    """As the feed has it: without what changes with time alone."""
    said = "Maintenance"
    if maintenance.changed_at != maintenance.announced_at:
        said = "Maintenance cancelled" if maintenance.cancelled_at else "Maintenance ended"
    return f"{said}: {maintenance.title}"


def without_maintenance(time: timedelta) -> str:
    """What the uptime leaves out; empty when that is nothing."""
    return f"Without {duration(time)} of announced maintenance" if time else ""


def duration(time: timedelta) -> str:
    """To the two largest units that matter: `45 s`, `14 min`, `2 h 5 min`, `3 d 4 h`."""
    return quantities.duration(time, exact=True).replace(" ", _NBSP)


def percent(share: float | None) -> str:
    """Never rounded up to 100 %: that is said only of what has no flaw."""
    if share is None:
        return "no data"
    return "100 %" if share == 1 else f"{int(share * 10000) / 100:.2f} %"


def milliseconds(value: float | None) -> str:
    if value is None:
        return "no data"
    return f"{value:.0f} ms" if value < 1000 else f"{value / 1000:.1f} s"  # noqa: PLR2004 - a second


def moment(at: datetime) -> str:
    return f"{day(at.date())}, {at:%H:%M} UTC"


def day(of: date) -> str:
    return f"{of.day} {of:%b %Y}"


def day_of_service(of: DayOfService) -> str:
    """Such as `12 Feb 2026: down 14 min, degraded 1 h 5 min`."""
    return f"{day(of.date)}: {troubles(of) or DAYS[of.state].lower()}"


def troubles(of: DayOfService) -> str:
    """What was wrong on the day, worst first, and for how long; empty when nothing was."""
    lasted = {state: of.seconds.get(state, 0) for state in (State.DOWN, State.DEGRADED, State.SLOW)}
    parts = [
        f"{STATES[state].lower()} {duration(timedelta(seconds=time))}" for state, time in lasted.items() if time > 0
    ]
    if of.failed and not lasted[State.DOWN] and not lasted[State.DEGRADED]:
        parts.insert(0, f"{of.failed} of {of.known} checks failed")
    if of.maintenance:
        parts.append(f"announced maintenance {duration(of.maintenance)}")
    return ", ".join(parts)


def history(service: Service) -> str:
    """The bars in words."""
    count = {state: sum(of.state is state for of in service.days) for state in State}
    parts = [f"{count[state]} {DAYS[state].lower()}" for state in State if count[state]]
    if maintained := sum(bool(of.maintenance) for of in service.days):
        parts.append(f"{maintained} with announced maintenance")
    up = f" {percent(service.uptime)} of the checks found it up." if service.uptime is not None else ""
    return f"Days of the last {len(service.days)}: {', '.join(parts)}.{up}"


def _some(names: Sequence[str], of: int) -> str:
    if len(names) <= 2:  # noqa: PLR2004 - more names are no headline
        return " and ".join(names)
    return "All services" if len(names) == of else f"{len(names)} of {of} services"
