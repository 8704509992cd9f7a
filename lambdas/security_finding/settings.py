from dataclasses import dataclass
from datetime import timedelta

from lambdas.shared.environment import FunctionSettings
from lambdas.vocabulary.levels import Level

KEY = "key"
"""The partition key of the table of what was published."""
EXPIRES_AT = "expires_at"
"""Its TTL attribute."""


@dataclass(frozen=True)
class Settings(FunctionSettings):
    table: str
    """What was published, and when."""
    critical_topic: str
    high_topic: str
    medium_topic: str
    low_topic: str
    runbook_url: str
    """Where the runbooks can be read."""
    owner: str
    finding_quiet: timedelta
    """For so long after it was published, a finding that goes on is not published again."""
    change_quiet: timedelta
    """The same for an act in the account."""

    def topic(self, level: Level) -> str:
        topics = {
            Level.CRITICAL: self.critical_topic,
            Level.HIGH: self.high_topic,
            Level.MEDIUM: self.medium_topic,
            Level.LOW: self.low_topic,
        }
        return topics[level]
