"""What is taken of an envelope's items, and what is not; a bad item takes none of its neighbours with it."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Final

from lambdas.error_intake import envelope as kinds
from lambdas.error_intake.count import added, aggregated_sessions_of, drops_of, sessions_of
from lambdas.error_intake.envelope import Envelope, Item, read_json
from lambdas.error_intake.events import LostError, event_of, identifier_of
from lambdas.error_intake.losses import MALFORMED, QUOTA, TOO_LARGE
from lambdas.error_intake.quota import Category
from lambdas.vocabulary.error_tracking import SessionCount

LARGEST_EVENTS: Final = 2 << 20
"""Bytes of all events of a request: SDKs send one in each."""
_SESSIONS: Mapping[str, Callable[[Any], Iterable[SessionCount]]] = {
    "session": sessions_of,
    "sessions": aggregated_sessions_of,
}
_EVENT, _REPORT = "event", "client_report"

Allowance = Callable[[Category, int], int]
"""How many of so many the quota still allows."""


@dataclass
class Found:
    event_id: str = ""
    events: list[dict[str, Any]] = field(default_factory=list)
    sessions: tuple[SessionCount, ...] = ()
    lost: Counter[str] = field(default_factory=Counter)
    """Errors that are not taken, by the reason."""
    dropped: Counter[str] = field(default_factory=Counter)
    """Errors that the client says it dropped itself."""
    others: list[str] = field(default_factory=list)
    """The kinds of what is accepted and not kept, and of what is no error and cannot be read."""
    over_quota: list[Category] = field(default_factory=list)
    reports: int = 0

    @property
    def has_something(self) -> bool:
        return bool(self.events or self.sessions or self.others or self.reports)


def read_items(envelope: Envelope, allowance: Allowance, environment: str, received_at: datetime) -> Found:
    by_kind: dict[str, list[Item]] = {}
    for item in envelope.items:
        by_kind.setdefault(item.kind, []).append(item)
    found = Found(identifier_of(envelope.header.get("event_id")))
    found.lost[MALFORMED] += len(by_kind.pop(kinds.MALFORMED, ()))
    read = partial(event_of, header=envelope.header, environment=environment, received_at=received_at)
    _read_events(found, by_kind.pop(_EVENT, []), allowance, read)
    _read_reports(found, by_kind.pop(_REPORT, []))
    of_sessions = [(read, item) for kind, read in _SESSIONS.items() for item in by_kind.pop(kind, ())]
    _read_sessions(found, of_sessions, allowance)
    found.others += [kind for kind, items in by_kind.items() for _ in items]
    found.lost, found.dropped = +found.lost, +found.dropped
    return found


def _read_events(
    found: Found, items: list[Item], allowance: Allowance, read: Callable[[bytes], dict[str, Any] | None]
) -> None:
    within, room = _within_quota(found, items, Category.ERRORS, allowance), LARGEST_EVENTS
    found.lost[QUOTA] += len(items) - len(within)
    for item in within:
        room -= len(item.payload)
        try:
            if room < 0:
                raise LostError(TOO_LARGE)  # noqa: TRY301  (losses are counted in one place)
            event = read(item.payload)
        except LostError as lost:
            found.lost[lost.reason] += 1
        else:
            _keep(found, event)


def _keep(found: Found, event: dict[str, Any] | None) -> None:
    if event is None:
        found.others.append("transaction")
        return
    found.events.append(event)
    found.event_id = event["event_id"]


def _read_reports(found: Found, items: list[Item]) -> None:
    for item in items:
        try:
            found.dropped.update(drops_of(read_json(item.payload)))
            found.reports += 1
        except ValueError:
            found.others.append(item.kind)


def _read_sessions(
    found: Found, items: list[tuple[Callable[[Any], Iterable[SessionCount]], Item]], allowance: Allowance
) -> None:
    counts: list[SessionCount] = []
    for read, item in _within_quota(found, items, Category.SESSIONS, allowance):
        try:
            counts += read(read_json(item.payload))
        except ValueError:
            found.others.append(item.kind)
    found.sessions = added(counts)


def _within_quota(found: Found, items: list[Any], category: Category, allowance: Allowance) -> list[Any]:
    allowed = allowance(category, len(items)) if items else 0
    if allowed < len(items):
        found.over_quota.append(category)
    return items[:allowed]
