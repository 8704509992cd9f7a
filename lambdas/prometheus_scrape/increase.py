"""What was counted since the scrape before."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from lambdas.prometheus_scrape.errors import ScrapeError
from lambdas.prometheus_scrape.measure import SUM, Combination, Counted, Totals
from lambdas.prometheus_scrape.processes import Since, answering, several, window
from lambdas.prometheus_scrape.sources import Series, Source
from lambdas.prometheus_scrape.state import State

Added = Mapping[Series, Mapping[Combination, Totals]]
"""By part of each series: a counter is one, a histogram has one for each bucket, and the sum."""


@dataclass(frozen=True)
class Increase:
    state: State
    """For the next scrape."""
    added: Added
    fault: ScrapeError | None = None
    """Why nothing was added, though something was counted."""


class _FellError(Exception):
    """A count is smaller than it was."""


def increase(
    source: Source, before: State | None, started: float | None, at: datetime, counted: Mapping[Series, Counted]
) -> Increase:
    """Raises ScrapeError where nothing says how many processes there are.

    A combination of labels that was not there before began at 0; of a series that was not, nothing is known.
    """
    found = answering(source, before, started, at)
    totals = {
        series.key: {_text(combination): of for combination, of in one.totals.items()}
        for series, one in counted.items()
    }
    state = State(at, started, totals, found.others, found.refused_until)
    if found.refused_until:
        return Increase(state, {}, several(started, found.others))
    known = before.totals if before else {}
    try:
        added = {
            series: _added(one, known.get(series.key), found.since, known_process=started is not None)
            for series, one in counted.items()
        }
    except _FellError:
        return Increase(replace(state, refused_until=at + window(source)), {}, _fell())
    return Increase(state, added)


def _added(
    one: Counted, before: Mapping[str, Totals] | None, since: Since, *, known_process: bool
) -> dict[Combination, Totals]:
    if since is Since.START:
        return dict(one.totals)
    if since is Since.NOTHING or before is None:
        return {}
    return {
        combination: _difference(of, before.get(_text(combination), {}), known_process=known_process)
        for combination, of in one.totals.items()
    }


def _difference(now: Totals, before: Totals, *, known_process: bool) -> Totals:
    """Where nothing says when the process began, a count that falls says that it began anew, as Prometheus takes it.

    https://prometheus.io/docs/prometheus/latest/querying/functions/#increase
    """
    added = {part: count - before.get(part, 0) for part, count in now.items()}
    fell = not before.keys() <= now.keys() or any(count < 0 for part, count in added.items() if part != SUM)
    if fell and known_process:
        raise _FellError
    return now if fell else added


def _fell() -> ScrapeError:
    return ScrapeError(
        "counters fell, though the process did not begin anew, so that counters and histograms are not published:"
        " several processes that began in the same second answer in turn, or something resets them"
    )


def _text(combination: Combination) -> str:
    return json.dumps(combination)
