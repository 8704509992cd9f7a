from dataclasses import dataclass

from lambdas.error_budget.objective import Objective
from lambdas.shared.environment import FunctionSettings


@dataclass(frozen=True)
class Settings(FunctionSettings):
    objectives: tuple[str, ...]
    """Each an `Objective` as JSON."""
    least_events: int
    """A window with fewer events says nothing."""
    least_failures: int
    """So few bad events in a window raise no alarm, whatever their share."""

    @property
    def promised(self) -> tuple[Objective, ...]:
        return tuple(map(Objective.from_json, self.objectives))
