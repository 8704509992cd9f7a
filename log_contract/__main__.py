"""Check a log against the contract: `python -m log_contract <file>`, or `-` for standard input.

Says which lines break it and how, then sums up.  Ends with 0 when every line keeps it, with 1 when one does not or
there is none, with 2 when the file cannot be read.
"""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterable
from contextlib import ExitStack
from typing import BinaryIO

from log_contract.lines import Line, check

MOST_KINDS = 1000  # of faults that are counted apart: their texts hold numbers and keys of the log


class Tally:
    """What was seen so far; memory does not grow with the log."""

    def __init__(self, shown: int) -> None:
        self._shown = shown
        self.events: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.lines = self.broken = self.found = 0

    def add(self, number: int, line: Line) -> None:
        self.lines += 1
        self.broken += bool(line.faults)
        self.events[line.event or "no event"] += 1
        for fault in map(str, line.faults):
            self.found += 1
            if fault in self.faults or len(self.faults) < MOST_KINDS:
                self.faults[fault] += 1
            if self.found <= self._shown:
                print(f"line {number}: {fault}")

    def sum_up(self) -> None:
        hidden = self.found - max(self._shown, 0)
        if hidden > 0:
            print(f"… and {hidden:,} more")
        events = ", ".join(f"{event} {count:,}" for event, count in self.events.most_common())
        lines = "1 line" if self.lines == 1 else f"{self.lines:,} lines"
        print(f"{lines}: {self.lines - self.broken:,} keep the contract, {self.broken:,} break it")
        print(f"events: {events or 'none'}")
        for fault, count in self.faults.most_common(5):
            if count > 1:
                print(f"{count:>9,} times {fault}")


def holds(lines: Iterable[bytes], shown: int) -> bool:
    """Print what is wrong with the lines; true when there are some and nothing is.  Empty lines do not count."""
    tally = Tally(shown)
    for number, text in enumerate(lines, start=1):
        if stripped := text.strip():
            tally.add(number, check(stripped))
    tally.sum_up()
    return bool(tally.lines) and not tally.broken


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m log_contract", description=__doc__)
    parser.add_argument("file", help="a log with one JSON object per line; - is standard input")
    parser.add_argument("--show", type=int, default=20, metavar="N", help="faults that are listed one by one")
    options = parser.parse_args()
    with ExitStack() as stack:
        try:
            lines: BinaryIO = sys.stdin.buffer if options.file == "-" else stack.enter_context(open(options.file, "rb"))  # noqa: PTH123  (a Path has no `-`)
            return 0 if holds(lines, options.show) else 1
        except BrokenPipeError:  # whoever reads this, such as `head`, has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python writes what is left at its end
            return 1
        except OSError as error:
            print(f"{options.file}: cannot be read: {error.strerror} (name a file, or - for input)", file=sys.stderr)
            return 2


if __name__ == "__main__":
    sys.exit(main())
