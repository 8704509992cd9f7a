"""How fast an error budget is used up.  Burning at rate 1 uses a month's budget in a month.

Windows and factors are those of the Site Reliability Workbook, chapter 5, "Alerting on SLOs": two per cent of the
budget in an hour or five in six hours call somebody, ten in a day or in three wait for the next working day.  The
short window, a twelfth of the long one, ends an alarm soon after the trouble.
https://sre.google/workbook/alerting-on-slos/
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

PERIOD: Final = timedelta(minutes=5)


@dataclass(frozen=True)
class Rule:
    """Both windows must burn faster than `factor`."""

    long: timedelta
    short: timedelta
    factor: float


FAST: Final = (
    Rule(timedelta(hours=1), timedelta(minutes=5), 14.4),
    Rule(timedelta(hours=6), timedelta(minutes=30), 6),
)
SLOW: Final = (Rule(timedelta(days=1), timedelta(hours=2), 3), Rule(timedelta(days=3), timedelta(hours=6), 1))
LONGEST: Final = max(rule.long for rule in FAST + SLOW)
WINDOWS: Final = tuple(sorted({window for rule in FAST + SLOW for window in (rule.short, rule.long)}))


@dataclass(frozen=True)
class Floor:
    """What a long window must hold before it can alarm: one failure of three requests at night is no outage."""

    events: float
    failures: float


@dataclass(frozen=True)
class Counts:
    """Events and bad ones among them, in periods of `PERIOD`, oldest first; what is missing is zero."""

    events: Sequence[float]
    bad: Sequence[float]

    def over(self, window: timedelta) -> tuple[float, float]:
        """Events and bad events of the newest periods that make up `window`."""
        periods = window // PERIOD
        return sum(self.events[-periods:]), sum(self.bad[-periods:])


def burn_rate(events: float, bad: float, budget: float) -> float:
    """The share of bad events as a multiple of the share that may be bad; 0 without events."""
    return bad / events / budget if events else 0.0


def burns(counts: Counts, rules: Sequence[Rule], budget: float, floor: Floor) -> bool:
    """Whether one of the rules holds."""
    return any(_holds(rule, counts, budget, floor) for rule in rules)


def budget_left(events: float, bad: float, budget: float) -> float:
    """The share of the budget that is not used up; negative when more was used than there is."""
    return 1 - burn_rate(events, bad, budget)


def _holds(rule: Rule, counts: Counts, budget: float, floor: Floor) -> bool:
    events, bad = counts.over(rule.long)
    if events < floor.events or bad < floor.failures:
        return False
    return burn_rate(events, bad, budget) > rule.factor < burn_rate(*counts.over(rule.short), budget)
