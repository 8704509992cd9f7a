from dataclasses import dataclass
from datetime import timedelta

from lambdas.shared.environment import FunctionSettings


@dataclass(frozen=True)
class Settings(FunctionSettings):
    table: str
    bucket: str
    """Where reviews are written."""
    rota: str
    """As `Rota.to_json` writes it."""
    people: tuple[str, ...]
    """Each as `Person.to_json` writes it."""
    steps: tuple[str, ...]
    """Each as `Step.to_json` writes it; none where another system pages."""
    pages_topic: str
    """The topic with a subscription for each address and number of a person."""
    topics: tuple[str, ...]
    """Those of the levels, for what is no incident: holes in the rota, overdue actions, alarms of medium that last."""
    answer_url: str
    """Where answers are given; with a slash at its end."""
    evidence_function: str
    chat: str | None
    """As `ChatTarget.to_json` writes it."""
    pagerduty: tuple[str, ...]
    """Channels that are notified of who took it, each as `Channel.to_json` writes it."""
    remind_critical: timedelta
    remind_high: timedelta
    remind_medium: timedelta
    """Zero is never."""
    confirm: timedelta
    link_days: timedelta
    """How long a link can be answered by."""
    morning: str
    """HH:MM by the rota's clock: when a snooze until morning ends."""
    heartbeat_parameter: str | None
    """Of an external monitor: where to say that this works."""
