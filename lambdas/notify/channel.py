"""A channel as the environment file describes it."""

from dataclasses import dataclass
from enum import StrEnum

from lambdas.vocabulary.codec import JsonDocument
from lambdas.vocabulary.levels import Level


class Store(StrEnum):
    """Where a channel's secret is kept."""

    SECRET = "secret"  # noqa: S105 - a word of the environment file
    PARAMETER = "parameter"
    NOWHERE = "nowhere"
    """It needs none."""


@dataclass(frozen=True)
class Channel(JsonDocument):
    """`kind` is the folder in `channels/` that renders for it."""

    name: str
    kind: str
    levels: tuple[Level, ...]
    store: Store = Store.NOWHERE
    secret: str = ""
    """The name or ARN of its secret there."""
    url: str = ""
    """Where to send to, of kinds whose URL is not itself the secret; the ARN of a topic."""
    allow_private: bool = False
    """Whether it may lie on a private or loopback address, and be reached without TLS there."""
