"""What a kind of channel is: how it renders a message, and what its table of the environment file holds."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from lambdas.notify.channel import Channel
from lambdas.notify.message import Message
from lambdas.shared.post import Request
from lambdas.vocabulary.levels import Level

Render = Callable[[Message, Channel, str, datetime], list[Request]]
"""From a message, the channel, its secret and the time to the HTTP requests that carry the message."""


@dataclass(frozen=True)
class Url:
    """The setting `url`, of a kind whose address is not itself the secret."""

    meaning: str
    default: str | None = None
    """None where it must be given."""


@dataclass(frozen=True)
class Kind:
    requests: Render
    meaning: str
    """What it is and what its secret is; the setting `kind` is documented by it."""
    url: Url | None = None
    levels: tuple[Level, ...] = tuple(Level)
    """Which alerts it is sent if the environment file does not say."""
