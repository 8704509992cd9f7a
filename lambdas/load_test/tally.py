"""What became of the requests of one step."""

from array import array
from collections import Counter

from lambdas.vocabulary.load_tests import Failure, Latency

_REDIRECTION, _CLIENT_ERROR, _SERVER_ERROR = 300, 400, 500


class Tally:
    """Times are in seconds, from the intended start of a request: one that had to wait is not faster for it."""

    def __init__(self) -> None:
        self.sent = self.answered = self.dropped = self.late = 0
        self.errors: Counter[Failure] = Counter()
        self._seconds = array("d")

    def add_answer(self, status: int, seconds: float) -> None:
        self.answered += 1
        self._seconds.append(seconds)
        if failure := _failure_of(status):
            self.errors[failure] += 1

    def add_failure(self, failure: Failure, seconds: float) -> None:
        self.errors[failure] += 1
        self._seconds.append(seconds)

    @property
    def latency(self) -> Latency | None:
        if not self._seconds:
            return None
        ordered = sorted(self._seconds)
        return Latency(*(_milliseconds(ordered, share) for share in (0.5, 0.95, 0.99, 1)))


def _failure_of(status: int) -> Failure | None:
    if status >= _SERVER_ERROR:
        return Failure.SERVER_ERROR
    if status >= _CLIENT_ERROR:
        return Failure.CLIENT_ERROR
    return Failure.REDIRECT if status >= _REDIRECTION else None


def _milliseconds(ordered: list[float], share: float) -> float:
    """By nearest rank: a percentile is a value that was measured."""
    rank = max(0, -int(-share * len(ordered) // 1) - 1)
    return round(1000 * ordered[rank], 2)
