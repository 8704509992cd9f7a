from dataclasses import dataclass
from datetime import timedelta

from lambdas.shared.environment import FunctionSettings
from lambdas.test_alert.readers import Readers
from lambdas.vocabulary.levels import Level


@dataclass(frozen=True)
class Settings(FunctionSettings):
    topics: tuple[str, ...]
    """The ARNs of the levels' topics."""
    readers: tuple[str, ...]
    """Whom each level is for, as `Readers.to_json` writes it."""
    patience: timedelta
    """How long a channel may take, the wait for the group included."""
    table: str
    """Where `notify` records its deliveries."""
    people: str
    """The ARN of the topic of e-mails and text messages, of all levels."""
    addresses: int
    """How many of its subscriptions are e-mail addresses."""
    numbers: int
    """How many are telephone numbers."""

    def topic(self, level: Level) -> str:
        return next(arn for arn in self.topics if arn.endswith(f"-{level}"))

    def readers_of(self, level: Level) -> Readers:
        return next(readers for readers in map(Readers.from_json, self.readers) if readers.level is level)
