from dataclasses import dataclass

from lambdas.shared.environment import FunctionSettings


@dataclass(frozen=True)
class Settings(FunctionSettings):
    plans: tuple[str, ...]
    """Protection plans that are on, by GuardDuty's names."""
    publishing_frequency: str
    """How often GuardDuty sends a finding that goes on again."""
