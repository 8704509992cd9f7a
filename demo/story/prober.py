"""The scheduled check of the endpoints, run by the demo."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from demo.story.alarms import Alarms
from emulator.stage import Stage
from lambdas.health_check.results import Result
from lambdas.shared.clock import now

OF_INCIDENTS = ("incident", "incident_answer")


@dataclass
class Prober:
    """Runs the check as the schedule would, its runs an interval apart by their slots, and the first one at `slot`.

    After each run the alarms on the endpoints are evaluated, as CloudWatch would when that interval is over.
    """

    stage: Stage
    slot: datetime = field(default_factory=now)

    def check(self) -> dict[str, Result]:
        answer = self.stage.invoke("health_check", slot=self.slot.isoformat())
        self.slot += self.interval
        # The functions of incidents live in the time of the slots: what they are handed is of it.
        self.stage.account.move_clock(self.slot - now(), *map(self.stage.function, OF_INCIDENTS))
        self.alarms.evaluate(self.slot)
        return {result.endpoint: result for result in map(Result.from_dict, answer["results"])}

    @cached_property
    def alarms(self) -> Alarms:
        return Alarms(self.stage, "endpoint-")

    @property
    def interval(self) -> timedelta:
        return timedelta(minutes=self.stage.environment.uptime.interval_minutes)

    def changes(self, endpoint: str) -> list[dict[str, Any]]:
        """The log lines of the endpoint's changes of state, oldest first."""
        lines = self.stage.log_lines("health_check")
        return [line for line in lines if line.get("change", {}).get("endpoint") == endpoint]
