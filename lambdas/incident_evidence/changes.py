"""Changes around an incident's opening: most outages follow one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from lambdas.incident_evidence.source import Found, Situation

WINDOW: Final = timedelta(hours=2)
"""So long before the opening a change is suspected."""


@dataclass(frozen=True)
class Change:
    at: datetime
    what: str
    """Such as `release 1.4.2 of api deployed`; when follows."""
    more: str = ""
    """What follows that."""


def found_in(changes: Iterable[Change], situation: Situation) -> Found:
    """Those of the window: the last one before the opening first, then what came since."""
    opened = situation.incident.opened_at
    recent = [change for change in changes if change.at >= opened - WINDOW]
    before = sorted((change for change in recent if change.at <= opened), key=lambda change: change.at, reverse=True)
    since = sorted((change for change in recent if change.at > opened), key=lambda change: change.at)
    lines = (f"{change.what} {situation.from_opening(change.at)}{change.more}" for change in (*before, *since))
    return Found(tuple(lines), suspected=bool(before))
