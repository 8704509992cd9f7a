"""What clients say of sessions and of what they dropped, as counts."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lambdas.error_intake.losses import MOST_SAID, reason_of_client
from lambdas.vocabulary.error_tracking import SessionCount

_LONGEST_NAME = 200
_CRASHED = ("crashed", "abnormal")
_MOST_GROUPS = 1000


def sessions_of(payload: Any) -> Iterator[SessionCount]:
    """Of an item `session`, which is an update of one; raises ValueError.

    Nothing is remembered of a session.  It starts with its first update; it is errored with that, or with the first
    error that a client sends a later one for; it crashes once.
    https://develop.sentry.dev/sdk/telemetry/sessions/
    """
    document = _object(payload)
    release, environment = _attributes(document)
    first, errors = document.get("init") is True, _number(document.get("errors"))
    crashed = document.get("status") in _CRASHED
    errored = not crashed and (errors > 0 if first else errors == 1 and document.get("status") == "ok")
    yield SessionCount(release, environment, int(first), int(errored), int(crashed))


def aggregated_sessions_of(payload: Any) -> Iterator[SessionCount]:
    """Of an item `sessions`, in which a server counts them by the minute; raises ValueError."""
    document = _object(payload)
    release, environment = _attributes(document)
    groups = document.get("aggregates")
    for group in groups[:_MOST_GROUPS] if isinstance(groups, list) else ():
        if isinstance(group, Mapping):
            exited, errored = _number(group.get("exited")), _number(group.get("errored"))
            crashed = _number(group.get("crashed")) + _number(group.get("abnormal"))
            yield SessionCount(release, environment, exited + errored + crashed, errored, crashed)


def added(counts: Iterable[SessionCount]) -> tuple[SessionCount, ...]:
    """One for each release and environment."""
    sums: dict[tuple[str, str], list[int]] = {}
    for one in counts:
        of = sums.setdefault((one.release, one.environment), [0, 0, 0])
        for index, number in enumerate((one.started, one.errored, one.crashed)):
            of[index] += number
    return tuple(SessionCount(*names, *numbers) for names, numbers in sums.items() if any(numbers))


def drops_of(payload: Any) -> Counter[str]:
    """Errors that a client says it dropped, by the reason; raises ValueError."""
    drops: Counter[str] = Counter()
    listed = _object(payload).get("discarded_events")
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, Mapping) and one.get("category") in ("error", "default"):
            drops[reason_of_client(str(one.get("reason")))] += _number(one.get("quantity"))
    return +drops


def _attributes(document: Mapping[str, Any]) -> tuple[str, str]:
    attributes = _object(document.get("attrs") or {})
    return _name(attributes.get("release")), _name(attributes.get("environment"))


def _object(payload: Any) -> Mapping[str, Any]:
    if not isinstance(payload, Mapping):
        raise ValueError("not a JSON object")  # noqa: TRY004  (a value from outside, like text that is no JSON)
    return payload


def _name(value: Any) -> str:
    return value[:_LONGEST_NAME] if isinstance(value, str) else ""


def _number(value: Any) -> int:
    """A count from outside; what is none counts nothing."""
    return min(max(value, 0), MOST_SAID) if type(value) is int else 0
