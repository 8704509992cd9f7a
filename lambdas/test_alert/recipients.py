"""The recipients that the settings name for a level, to be compared with the subscriptions that exist."""

from dataclasses import dataclass

from lambdas.vocabulary.codec import JsonDocument
from lambdas.vocabulary.levels import Level

SUBSCRIPTIONS = "subscriptions"
"""The value of `only` in an event that checks the subscriptions and sends no alert."""


@dataclass(frozen=True)
class Recipients(JsonDocument):
    level: Level
    channels: tuple[str, ...]
    """The names of those that `notify` serves."""
    email: int
    """How many e-mail addresses are sent this level."""
    sms: int
    """How many telephone numbers are."""
    https: int
    """How many subscriptions its topic is to have of Amazon Q Developer, which has one for all of its chats."""
