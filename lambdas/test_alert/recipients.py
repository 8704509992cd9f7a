"""Whom the settings name for a level: what of it is still there is compared with this."""

from dataclasses import dataclass

from lambdas.vocabulary.codec import JsonDocument
from lambdas.vocabulary.levels import Level

SUBSCRIPTIONS = "subscriptions"
"""What an event asks for as `only`: to look who subscribes, and to send no alert."""


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
