"""Response times, summed up so that percentiles can still be computed."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Self

GROWTH = 1.1
"""Each bucket's bound over the one before, and so how far off a percentile can be: 10 %, mostly far less
(the buckets are those of DDSketch: Masson et al., VLDB 2019)."""


@dataclass(frozen=True)
class Latencies:
    """Milliseconds.  Bucket `i` counts what lies above GROWTH^(i-1) and not above GROWTH^i."""

    count: int = 0
    total: float = 0.0
    highest: float = 0.0
    buckets: Mapping[int, int] = field(default_factory=dict)

    def including(self, latency: float) -> Self:
        bucket = math.ceil(math.log(max(latency, 1.0), GROWTH))
        return replace(
            self,
            count=self.count + 1,
            total=round(self.total + latency, 2),
            highest=max(self.highest, latency),
            buckets={**self.buckets, bucket: self.buckets.get(bucket, 0) + 1},
        )

    @classmethod
    def together(cls, several: "Iterable[Latencies]") -> Self:
        parts = list(several)
        buckets: dict[int, int] = {}
        for bucket, count in (entry for part in parts for entry in part.buckets.items()):
            buckets[bucket] = buckets.get(bucket, 0) + count
        highest = max((part.highest for part in parts), default=0.0)
        return cls(sum(part.count for part in parts), sum(part.total for part in parts), highest, buckets)

    def percentile(self, share: float) -> float | None:
        """What `share` (0 to 1) of them do not exceed, within 10 %; None when there are none."""
        wanted, passed = share * self.count, 0
        for bucket, count in sorted(self.buckets.items()):
            if passed + count >= wanted:
                # As if the bucket's values were spread evenly over it.
                bound: float = GROWTH ** (bucket - 1 + (wanted - passed) / count)
                return min(bound, self.highest)
            passed += count
        return None
