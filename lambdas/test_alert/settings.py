from dataclasses import dataclass
from datetime import timedelta

from lambdas.shared.environment import FunctionSettings


@dataclass(frozen=True)
class Settings(FunctionSettings):
    topics: tuple[str, ...]
    """The ARNs of the levels' topics."""
    channels: tuple[str, ...]
    """The channels that `notify` serves, each as `Channel.to_json` writes it."""
    patience: timedelta
    """How long a channel may take, the wait for the group included."""
    table: str | None = None
    """Where `notify` records its deliveries; none where no channel needs it."""
