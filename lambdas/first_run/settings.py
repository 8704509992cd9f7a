from dataclasses import dataclass

from lambdas.shared.environment import FunctionSettings


@dataclass(frozen=True)
class Settings(FunctionSettings):
    checks: tuple[str, ...]
    """Names of functions to wait for, in this order: what they measure is what the others show."""
    jobs: tuple[str, ...]
    """Names of functions to start after them, which take as long as they take."""
    machines: tuple[str, ...] | None = None
    """ARNs of state machines that run a function of their name, each to be started in its place."""
