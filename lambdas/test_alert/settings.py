from dataclasses import dataclass
from datetime import timedelta

from lambdas.shared.environment import FunctionSettings
from lambdas.test_alert.recipients import Recipients
from lambdas.vocabulary.levels import Level


@dataclass(frozen=True)
class Settings(FunctionSettings):
    topics: tuple[str, ...]
    """The ARNs of the levels' topics."""
    recipients: tuple[str, ...]
    """Whom each level is for, as `Recipients.to_json` writes it."""
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
    pages: str | None = None
    """The ARN of the topic that pages whoever is on call."""
    paged_addresses: int = 0
    paged_numbers: int = 0

    def topic(self, level: Level) -> str:
        return next(arn for arn in self.topics if arn.endswith(f"-{level}"))

    def recipients_of(self, level: Level) -> Recipients:
        return next(each for each in map(Recipients.from_json, self.recipients) if each.level is level)
