"""The digest of errors, with AWS stubbed, against inflating and reading the same events; and its memory."""

import os
import sys
from functools import partial
from statistics import median
from typing import Any, Final

from bench.interleaved import interleaved
from bench.measure import Run, run
from bench.place import ROOT, Place
from bench.results import Aim, Result, megabytes, spread, table

EVENTS = 20_000
FEW, MANY = 1_000, 100_000
"""Events by which the memory must not grow."""
BATCH = 500
KINDS: Final = 50
MOST_TIMES, LEAST_EVENTS, MOST_GROWTH = 2.5, 2_000, 1.2


def measure(place: Place, repeats: int) -> Result:
    """Events of few kinds and of as many kinds as events; the memory with few and with many."""
    result = Result("error_digest", "Digest of errors")
    usual = {what: _contender(place, what, EVENTS, KINDS) for what in ("digest", "parse")}
    runs = interleaved(f"events of {KINDS} kinds", usual, repeats)
    distinct = {what: _contender(place, what, EVENTS // 4, EVENTS // 4) for what in ("digest", "parse")}
    runs_distinct = interleaved("events of one kind each", distinct, repeats)
    peaks = {
        (events, kinds): _contender(place, "digest", events, kinds)().peak_bytes
        for events, kinds in ((FEW, KINDS), (MANY, KINDS), (FEW, FEW), (MANY, MANY))
    }
    result.tables += [
        _table(f"5 KB events of {KINDS} kinds", runs, EVENTS),
        _table("5 KB events of one kind each", runs_distinct, EVENTS // 4),
        _memory(peaks),
    ]
    result.aims += _aims(runs, peaks)
    result.remarks.append(
        "One message holds one event, as clients send them. The processor time of `digest` is that of the function's"
        " own code: what botocore adds for each call of AWS is not in it. An event of a new kind costs more: it is kept"
        " as a sample, which means writing it as JSON again and compressing it, and it is a transaction of its own. So"
        " many new kinds come once: the quota of a day ends them."
    )
    result.measured = {
        "few_kinds": {what: [_numbers(each) for each in found] for what, found in runs.items()},
        "one_kind_each": {what: [_numbers(each) for each in found] for what, found in runs_distinct.items()},
        "peak_bytes": {f"{events} events of {kinds} kinds": peak for (events, kinds), peak in peaks.items()},
    }
    return result


def _contender(place: Place, what: str, events: int, kinds: int) -> "partial[Run]":
    tell = {"events": events, "kinds": kinds, "batch": BATCH, "remembers": kinds == KINDS}
    return partial(
        run,
        [sys.executable, "-m", "bench.digest_events", what],
        environment={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        directory=place.directory,
        tell=tell,
    )


def _numbers(of: Run) -> dict[str, Any]:
    return {**of.said, "peak_bytes": of.peak_bytes}


def _table(title: str, found: dict[str, list[Run]], events: int) -> str:
    rows = []
    for what, runs in found.items():
        used = [each.said["processor_seconds"] for each in runs]
        rates = f"{events / median(used):.0f}"
        rows.append((what, spread([1e6 * each / events for each in used], 0), rates))
    return table((title, "µs of processor time an event", "events/s"), rows)


def _memory(peaks: dict[tuple[int, int], int]) -> str:
    rows = [(f"{events} events of {kinds} kinds", megabytes(peak)) for (events, kinds), peak in sorted(peaks.items())]
    return table(("the digest's memory", "MB"), rows)


def _aims(runs: dict[str, list[Run]], peaks: dict[tuple[int, int], int]) -> list[Aim]:
    used = {what: median(each.said["processor_seconds"] for each in found) for what, found in runs.items()}
    return [
        Aim("digest / inflating and json.loads", used["digest"] / used["parse"], MOST_TIMES),
        Aim("events a second on one processor", EVENTS / used["digest"], LEAST_EVENTS, at_least=True, unit="events/s"),
        Aim(f"memory of {MANY} events / of {FEW}", peaks[MANY, KINDS] / peaks[FEW, KINDS], MOST_GROWTH),
        Aim(f"memory of {MANY} kinds / of {FEW}", peaks[MANY, MANY] / peaks[FEW, FEW], MOST_GROWTH),
    ]
