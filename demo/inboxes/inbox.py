"""What has arrived, and how an inbox misbehaves on request."""

import threading
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True)
class Arrival:
    """One message as a person or a service received it."""

    inbox: str
    """`mail`, `sms`, `slack`, `pagerduty` or `webhook`."""
    text: str
    """What a person reads."""
    at: str = field(default_factory=lambda: datetime.now(UTC).isoformat())
    about: dict[str, Any] = field(default_factory=dict)
    """The rest: the recipient, the document, the headers."""


@dataclass
class Misbehaviour:
    """How an inbox answers for the next `times` requests."""

    status: int = 500
    retry_after: int | None = None
    hang_seconds: float = 0.0
    times: int = 1_000_000


@dataclass
class Inbox:
    arrivals: list[Arrival] = field(default_factory=list)
    misbehaviours: dict[str, Misbehaviour] = field(default_factory=dict)
    attempts: dict[str, int] = field(default_factory=dict)
    """How many requests each inbox had, failed ones included."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, arrival: Arrival) -> None:
        with self.lock:
            self.arrivals.append(arrival)

    def all(self) -> list[Arrival]:
        """Oldest first."""
        with self.lock:
            return list(self.arrivals)

    def as_list(self) -> list[dict[str, Any]]:
        with self.lock:
            return [asdict(arrival) for arrival in self.arrivals]

    def misbehave(self, inbox: str, **wanted: Any) -> None:
        """Let an inbox misbehave from now on; without `wanted`, behave again."""
        with self.lock:
            if wanted:
                self.misbehaviours[inbox] = Misbehaviour(**wanted)
            else:
                self.misbehaviours.pop(inbox, None)

    def request(self, inbox: str) -> Misbehaviour | None:
        """Count a request; returns how to misbehave, None when it is to be served."""
        with self.lock:
            self.attempts[inbox] = self.attempts.get(inbox, 0) + 1
            found = self.misbehaviours.get(inbox)
            if found is None or found.times <= 0:
                return None
            found.times -= 1
            return found
