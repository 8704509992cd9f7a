"""What was published for a metric."""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Sample:
    """One datum: a value that was seen `count` times, or a statistic set; `moment` in epoch seconds."""

    moment: float
    minimum: float
    maximum: float
    total: float
    count: float = 1.0
    unit: str = "None"

    @classmethod
    def of(cls, moment: float, value: float, unit: str = "None", count: float = 1.0) -> Self:
        return cls(moment, value, value, value * count, count, unit)

    @property
    def is_one_value(self) -> bool:
        """Whether it stands for one value repeated, as percentiles need it."""
        return self.minimum == self.maximum and self.total == self.minimum * self.count
