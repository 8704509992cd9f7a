"""How long everything takes in an incident."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.on_call import Step

PAGED: Final = (Level.CRITICAL, Level.HIGH)
"""The levels that open an incident; the others never page anybody."""
JOINS: Final = timedelta(minutes=30)
"""An alarm joins an incident that changed within this time; what comes later is another one."""
REOPENS: Final = timedelta(minutes=10)
"""The same alarm within this time opens a resolved incident again."""
FLAPS: Final = 3
"""So many times opened again within `FLAPS_WITHIN`, it is flapping: held open until it was `QUIET` for so long."""
FLAPS_WITHIN: Final = timedelta(hours=1)
QUIET: Final = timedelta(minutes=30)
LOOPS: Final = 3
"""After so many times through all steps everybody is paged once in `HOURLY`."""
HOURLY: Final = timedelta(hours=1)
STALE: Final = timedelta(days=7)
LAST_STEP: Final = timedelta(minutes=15)
"""How long the last step waits where it does not say."""
LONGEST_SNOOZE: Final = timedelta(hours=24)


@dataclass(frozen=True)
class Rules:
    """What the environment file says of it."""

    remind: Mapping[Level, timedelta] = field(
        default_factory=lambda: {Level.CRITICAL: timedelta(minutes=30), Level.HIGH: timedelta(hours=2)}
    )
    """After so long whoever took an incident is reminded of it."""
    confirm: timedelta = timedelta(minutes=15)
    """So long after a reminder it is triggered again, unless somebody confirms it."""

    def waits(self, step: Step, level: Level) -> timedelta:
        """How long a step waits for an answer: below critical never less than the level gives people to respond."""
        minutes = timedelta(minutes=step.minutes) or LAST_STEP
        return minutes if level is Level.CRITICAL else max(minutes, level.response_time)
