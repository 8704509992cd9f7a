"""What was seen of a log so far."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from lambdas.shared.log_contract.lines import Line, check

MOST_KINDS = 1000  # of faults that are counted apart: their texts hold numbers and keys of the log


class Tally:
    """Counts, and reports the first `shown` faults one by one; memory does not grow with the log."""

    def __init__(self, shown: int, report: Callable[[int, str], Any]) -> None:
        self._shown, self._report = shown, report
        self.events: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.lines = self.broken = self.found = 0

    @property
    def holds(self) -> bool:
        """True when there are lines and nothing is wrong with them."""
        return bool(self.lines) and not self.broken

    def read(self, lines: Iterable[bytes]) -> None:
        """Empty lines do not count."""
        for number, text in enumerate(lines, start=1):
            if stripped := text.strip():
                self.add(number, check(stripped))

    def add(self, number: int, line: Line) -> None:
        self.lines += 1
        self.broken += bool(line.faults)
        self.events[line.event or "no event"] += 1
        for fault in map(str, line.faults):
            self.found += 1
            if fault in self.faults or len(self.faults) < MOST_KINDS:
                self.faults[fault] += 1
            if self.found <= self._shown:
                self._report(number, fault)

    def summary(self) -> Iterator[str]:
        """For people, line by line."""
        hidden = self.found - max(self._shown, 0)
        if hidden > 0:
            yield f"… and {hidden:,} more"
        events = ", ".join(f"{event} {count:,}" for event, count in self.events.most_common())
        lines = "1 line" if self.lines == 1 else f"{self.lines:,} lines"
        yield f"{lines}: {self.lines - self.broken:,} keep the contract, {self.broken:,} break it"
        yield f"events: {events or 'none'}"
        for fault, count in self.faults.most_common(5):
            if count > 1:
                yield f"{count:>9,} times {fault}"
