"""Which alarms are noisy and which are deaf, and at which threshold each would be neither."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final

from lambdas.review.alarms.condition import Condition, Points

OFTEN: Final = 5
"""Firings in thirty days, above one a week."""
UNANSWERED: Final = 3
"""Firings that nobody took: what nobody acts on need not be sent."""
FLAPS: Final = 3
"""Firings within an hour."""
FLAPPING_WITHIN: Final = timedelta(hours=1)
TARGET: Final = 4
"""The most firings that a suggested threshold leaves a noisy alarm in thirty days: one a week."""
NEAR: Final = 0.5
"""A metric that never came half the way to the threshold was never near it."""
LEAST_POINTS: Final = 500
"""Fewer say nothing about thirty days."""
HEADROOM: Final = 1.25
"""A deaf alarm's suggested threshold, by what its metric reached."""
_STEPS: Final = 40
_DIGITS: Final = 2


@dataclass(frozen=True)
class Fired:
    """How often an alarm fired, by its history."""

    times: tuple[datetime, ...] = ()
    taken: int | None = None
    """Of its incidents those that a person took; None where nobody is on call."""

    @property
    def flaps(self) -> bool:
        ordered = sorted(self.times)
        return any(
            later - first <= FLAPPING_WITHIN for first, later in zip(ordered, ordered[FLAPS - 1 :], strict=False)
        )

    @property
    def noise(self) -> tuple[str, ...]:
        """Why it is noisy; empty where it is not."""
        found = {
            f"fired {len(self.times)} times": len(self.times) >= OFTEN,
            "flaps": self.flaps,
            "nobody took it": self.taken == 0 and len(self.times) >= UNANSWERED,
        }
        return tuple(reason for reason, is_so in found.items() if is_so)


@dataclass(frozen=True)
class Suggestion:
    threshold: float
    would_fire: int
    """How often it would have fired over the same points."""


def quieter(condition: Condition, points: Points) -> Suggestion | None:
    """The threshold nearest to the present one at which it would have fired `TARGET` times at most.

    None where its own points do not make it fire more often: then the threshold is not what makes it noisy.
    """
    if condition.firings(points) <= TARGET:
        return None
    for threshold in _candidates(condition, points):
        would_fire = condition.at(threshold).firings(points)
        if would_fire <= TARGET:
            return Suggestion(threshold, would_fire)
    return None


def nearest(condition: Condition, points: Points) -> float | None:
    """The value that came nearest to the threshold; None without data."""
    known = [value for value in points if value is not None]
    return (max if condition.is_upward else min)(known, default=None)


def is_deaf(condition: Condition, points: Points) -> bool:
    """Its metric was measured all the time, and never came near the threshold.

    Of what is alarmed above zero, or is sent in trouble only, every value is an alarm: that is no deafness.
    """
    reached = nearest(condition, points)
    if reached is None or reached <= 0 or condition.threshold <= 0:
        return False
    if sum(value is not None for value in points) < LEAST_POINTS:
        return False
    share = reached / condition.threshold if condition.is_upward else condition.threshold / reached
    return share < NEAR


def sharper(condition: Condition, points: Points) -> Suggestion:
    """A threshold with some room above (or below) all that was measured."""
    reached = nearest(condition, points) or 0.0
    threshold = rounded_away(condition, reached * HEADROOM if condition.is_upward else reached / HEADROOM)
    return Suggestion(threshold, condition.at(threshold).firings(points))


def rounded_away(condition: Condition, value: float) -> float:
    """To two digits that matter, and never towards firing more often."""
    exact = Decimal(repr(value))
    last_digit = Decimal(1).scaleb(exact.adjusted() - _DIGITS + 1)
    return float(exact.quantize(last_digit, ROUND_CEILING if condition.is_upward else ROUND_FLOOR))


def _candidates(condition: Condition, points: Points) -> Sequence[float]:
    """From the present threshold outwards, to where nothing would fire; some dozens of the values that breach."""
    breaching = {value for value in points if value is not None and condition.breaches(value)}
    ordered = sorted(breaching, reverse=not condition.is_upward)
    every = max(len(ordered) // _STEPS, 1)
    beyond = _beyond(condition, ordered[-1]) if ordered else []
    rounded = (rounded_away(condition, value) for value in [*ordered[::every], *ordered[-1:], *beyond])
    return list(dict.fromkeys(rounded))


def _beyond(condition: Condition, last: float) -> list[float]:
    """A value that none reached: `>=` fires at the largest one itself."""
    room = abs(last) * 0.1 or 1.0
    return [last + room if condition.is_upward else last - room]
