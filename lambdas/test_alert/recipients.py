"""The recipients that the settings name for a level, to be compared with the subscriptions that exist."""

import json
from dataclasses import asdict, dataclass
from typing import Self

from lambdas.vocabulary.levels import Level

SUBSCRIPTIONS = "subscriptions"
"""The value of `only` in an event that checks the subscriptions and sends no alert."""


@dataclass(frozen=True)
class Recipients:
    level: Level
    channels: tuple[str, ...]
    """The names of those that `notify` serves."""
    email: int
    """How many e-mail addresses are sent this level."""
    sms: int
    """How many telephone numbers are."""
    https: int
    """How many subscriptions its topic is to have of Amazon Q Developer, which has one for all of its chats."""

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        written = json.loads(text)
        return cls(**{**written, "level": Level(written["level"]), "channels": tuple(written["channels"])})
