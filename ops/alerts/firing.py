"""What is in alarm now."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lambdas.shared.alarms import Alarm, alarms_of, worst_first
from lambdas.shared.clock import now
from lambdas.shared.quantities import duration
from lambdas.vocabulary.names import physical_name
from ops.errors import OpsError
from stacks.settings import Environment


@dataclass(frozen=True)
class Firing:
    alarm: Alarm
    at: datetime
    """When it was looked at."""

    @property
    def lasts(self) -> timedelta:
        return max(self.at - self.alarm.since, timedelta(0))  # this machine's clock may be behind

    def as_row(self) -> tuple[str, ...]:
        part = "" if self.alarm.delivers else " (part of another alarm)"
        return (
            self.alarm.level,
            self.alarm.name,
            duration(self.lasts),
            f"{self.alarm.meaning}{part}",
            self.alarm.runbook,
        )

    def as_dict(self) -> dict[str, Any]:
        """One of `alerts firing --json`."""
        return {
            "alarm": self.alarm.name,
            "level": str(self.alarm.level),
            "since": self.alarm.since.isoformat(),
            "seconds": round(self.lasts.total_seconds()),
            "meaning": self.alarm.meaning,
            "runbook": self.alarm.runbook,
            "delivers": self.alarm.delivers,
        }


def firing(cloudwatch: Any, environment: Environment) -> list[Firing]:
    """The worst first; raises OpsError where there is no alarm at all, which says nothing good."""
    if not any(True for _ in alarms_of(cloudwatch, environment)):
        where, names = cloudwatch.meta.region_name, physical_name(environment, "*")
        raise OpsError(f"no alarm {names} in this account in {where} (is it deployed, and are these its credentials?)")
    at = now()
    return [Firing(alarm, at) for alarm in worst_first(alarms_of(cloudwatch, environment, "ALARM"))]
