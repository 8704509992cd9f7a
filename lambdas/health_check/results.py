"""What a probe found."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from lambdas.shared.guarded_http.stopwatch import Timings
from lambdas.vocabulary.codec import decode, encode
from lambdas.vocabulary.endpoints import Reason, State


@dataclass(frozen=True)
class Result:
    """What one region saw of one endpoint at `checked_at` (UTC), or what the regions agreed on."""

    endpoint: str
    state: State
    checked_at: datetime
    region: str = ""
    """The region that probed; empty for what several agreed on."""
    reason: Reason | None = None
    detail: str = ""
    """One line for an operator, without secrets."""
    timings: Timings = field(default_factory=Timings)
    status: int | None = None
    certificate_days_left: float | None = None
    """Until the first certificate ends of all on the way, those before a redirect too; 0 when one has ended, None
    when there was no valid one."""
    certificate_host: str = ""
    """The host whose certificate that is."""
    failing_checks: tuple[str, ...] = ()
    """What the health body names as failing."""
    named_checks: tuple[str, ...] = ()
    """What the health body names at all."""
    flaws: tuple[str, ...] = ()
    """What browsers ignore in the answer and stricter clients refuse, such as `header X Cache`."""
    slow: bool = False
    """Whether the answer took longer than it may, even if worse is wrong with it."""
    maybe_own_network: bool = False
    """Whether the prober's own network may be the cause."""

    def as_dict(self) -> dict[str, Any]:
        """As JSON knows it, for the log and for another region."""
        written: dict[str, Any] = encode(self)
        return written

    @classmethod
    def from_dict(cls, written: Any) -> Self:
        """Read what `as_dict` wrote; raises MalformedError.

        Another region may be a deployment ahead or behind: a key that is not known here is ignored, and one that is
        missing there has its default.
        """
        return decode(cls, written, ignore_unknown=True)
