from dataclasses import dataclass
from datetime import timedelta

from lambdas.shared.environment import FunctionSettings

BATCH = 10  # messages of one invocation, each in a thread of its own; SQS gives no more without waiting for them


@dataclass(frozen=True)
class Settings(FunctionSettings):
    table: str
    """Where notices wait for their group, and messages for their channel."""
    queue_url: str
    """The queue that invokes the function; it puts its own later work there."""
    channels: tuple[str, ...]
    """Each channel as `Channel.to_json` writes it."""
    group_critical: timedelta
    """How long a critical notice waits for others that belong to the same message."""
    group_others: timedelta
    new_alarm: timedelta
    """How long a new alarm that has no data yet is not sent."""
    give_up: timedelta
    """How long a channel that does not answer is retried."""
    quiet_hours: str | None = None
    """HH:MM-HH:MM by the clock of `timezone`: what is of level medium or low waits until they are over."""
    timezone: str | None = None
