"""The temporary instance as RDS describes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lambdas.shared.rds_instances import LOST, described
from lambdas.vocabulary import point_in_time

_OPERATING = ("available", "storage-optimization", "storage-initialization")
"""RDS serves sessions while it copies blocks behind them."""


@dataclass(frozen=True)
class Instance:
    status: str
    host: str
    port: int
    tags: Mapping[str, str]
    created_at: datetime | None

    @classmethod
    def of(cls, described: Mapping[str, Any]) -> "Instance":
        endpoint = described.get("Endpoint", {})
        return cls(
            status=described.get("DBInstanceStatus", ""),
            host=endpoint.get("Address", ""),
            port=endpoint.get("Port", 0),
            tags={tag["Key"]: tag["Value"] for tag in described.get("TagList", ())},
            created_at=described.get("InstanceCreateTime"),
        )

    @property
    def is_a_drills(self) -> bool:
        """Whether it may be deleted at all: somebody may have called another instance like ours."""
        return self.tags.get(point_in_time.PURPOSE) == point_in_time.DRILL

    def is_of(self, execution: str) -> bool:
        return self.is_a_drills and self.tags.get(point_in_time.EXECUTION) == execution

    @property
    def is_operating(self) -> bool:
        return self.status in _OPERATING and bool(self.host)

    @property
    def is_lost(self) -> bool:
        return self.status in LOST

    @property
    def is_going(self) -> bool:
        return self.status == "deleting"

    def age(self, moment: datetime) -> timedelta:
        """Since its order; where the tag is unreadable since its making, and without one too it is as old as can be."""
        try:
            since = datetime.fromisoformat(self.tags[point_in_time.ORDERED_AT])
            return moment - since
        except (KeyError, ValueError, TypeError):
            return moment - self.created_at if self.created_at else timedelta.max


def find(rds: Any, identifier: str) -> Instance | None:
    found = described(rds, identifier)
    return Instance.of(found) if found else None
