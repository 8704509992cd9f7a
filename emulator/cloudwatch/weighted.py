"""A distribution of values, each with the number of times it was seen."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Weighted:
    """Values in ascending order with their weights."""

    pairs: tuple[tuple[float, float], ...]

    @classmethod
    def of(cls, pairs: Iterable[tuple[float, float]]) -> Self:
        return cls(tuple(sorted(pairs)))

    @property
    def weight(self) -> float:
        return sum(weight for _, weight in self.pairs)

    @property
    def total(self) -> float:
        return sum(value * weight for value, weight in self.pairs)

    def mean(self) -> float | None:
        return self.total / self.weight if self.weight else None

    def percentile(self, percent: float) -> float:
        """Interpolated between the two nearest ranks, each value counted as often as it was seen."""
        rank = percent / 100 * max(self.weight - 1, 0)
        low, share = self._at(int(rank)), rank - int(rank)
        return low + share * (self._at(int(rank) + 1) - low) if share else low

    def between(self, low: float, high: float) -> Self:
        """Values above `low`, up to and with `high`."""
        return type(self)(tuple(pair for pair in self.pairs if low < pair[0] <= high))

    def between_percentiles(self, low: float, high: float) -> Self:
        """What is left without the lowest `low` and beyond `high` percent of all that was seen."""
        start, end = low / 100 * self.weight, high / 100 * self.weight
        kept, seen = [], 0.0
        for value, weight in self.pairs:
            share = min(seen + weight, end) - max(seen, start)
            seen += weight
            if share > 0:
                kept.append((value, share))
        return type(self)(tuple(kept))

    def clamped(self, low: float, high: float) -> Self:
        return type(self)(tuple((min(max(value, low), high), weight) for value, weight in self.pairs))

    def _at(self, rank: int) -> float:
        seen = 0.0
        for value, weight in self.pairs:
            seen += weight
            if rank < seen:
                return value
        return self.pairs[-1][0]
