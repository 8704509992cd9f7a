"""What a probe found."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any, Self

from lambdas.health_check.stopwatch import Timings
from lambdas.vocabulary.endpoints import Reason, State


class ProbeError(Exception):
    """Ends a probe: why, and one line for an operator.

    `maybe_own_network` says that the prober's own network may be the cause.
    """

    def __init__(self, reason: Reason, detail: str, *, maybe_own_network: bool = False) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.maybe_own_network = maybe_own_network


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
    flaws: tuple[str, ...] = ()
    """What browsers ignore in the answer and stricter clients refuse, such as `header X Cache`."""
    slow: bool = False
    """Whether the answer took longer than it may, even if worse is wrong with it."""
    maybe_own_network: bool = False
    """Whether the prober's own network may be the cause."""

    def as_dict(self) -> dict[str, Any]:
        """As JSON knows it, for the log and for another region."""
        return {**asdict(self), "checked_at": self.checked_at.isoformat()}

    @classmethod
    def from_dict(cls, written: Mapping[str, Any]) -> Self:
        """Read what `as_dict` wrote; raises ValueError, TypeError or KeyError for anything else.

        Another region may be a deployment ahead or behind: a key that is not known here is ignored, and one that is
        missing there has its default.
        """
        return cls(**{name: read(written[name]) for name, read in _READERS.items() if name in written})


def _of_type(*types: type) -> Callable[[Any], Any]:
    """Reads a value of one of these types; in JSON, true is no number."""

    def read(value: Any) -> Any:
        if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
            raise TypeError(f"{type(value).__name__} instead of {' or '.join(each.__name__ for each in types)}")
        return value

    return read


_text, _flag = _of_type(str), _of_type(bool)
_number_or_none = _of_type(int, float, type(None))


def _moment(written: Any) -> datetime:
    moment = datetime.fromisoformat(_text(written))
    if moment.tzinfo is None:
        raise ValueError("a time without its zone")
    return moment


def _texts(written: Any) -> tuple[str, ...]:
    return tuple(map(_text, _of_type(list, tuple)(written)))


def _timings(written: Mapping[str, Any]) -> Timings:
    return Timings(**{each.name: _number_or_none(written[each.name]) for each in fields(Timings)})


_READERS: dict[str, Callable[[Any], Any]] = {
    "endpoint": _text,
    "state": State,
    "checked_at": _moment,
    "region": _text,
    "reason": lambda written: None if written is None else Reason(written),
    "detail": _text,
    "timings": _timings,
    "status": _of_type(int, type(None)),
    "certificate_days_left": _number_or_none,
    "certificate_host": _text,
    "failing_checks": _texts,
    "flaws": _texts,
    "slow": _flag,
    "maybe_own_network": _flag,
}
