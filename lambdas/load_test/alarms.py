"""Which alarms forbid a load test: none is begun while one fires, and one that begins to fire ends it."""

from typing import Any, Final

from lambdas.shared.alarms import Alarm, alarms_of, worst_first
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.names import Named, physical_name

GRAVE: Final = (Level.CRITICAL, Level.HIGH)
"""So endpoints that are down, `api-failing` and its parts, the instance's saturation, connections above their limit, a
budget that burns fast."""
BUDGETS: Final = "budget-"
"""How the names of the alarms on burn rates begin, of which the slow one is low."""


def forbidding_alarm(cloudwatch: Any, environment: Named) -> Alarm | None:
    """The gravest one in alarm, muted or not: a mute rule silences what it would send, and mends nothing."""
    firing = alarms_of(cloudwatch, environment, "ALARM")
    budgets = physical_name(environment, BUDGETS)
    forbidding = [alarm for alarm in firing if alarm.level in GRAVE or alarm.name.startswith(budgets)]
    return next(iter(worst_first(forbidding)), None)
