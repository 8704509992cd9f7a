from dataclasses import dataclass

from lambdas.shared.environment import FunctionSettings


@dataclass(frozen=True)
class Settings(FunctionSettings):
    table: str
    """Of errors."""
    bucket: str
    """Where the samples of errors lie."""
    projects: tuple[str, ...]
    """Of errors; the first one is shown first."""
    view_function: str
    """The name of the function that reads."""
    action_function: str
    """The name of the function that acts: its buttons work for those alone who may invoke it."""
