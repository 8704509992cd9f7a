"""A channel as the environment file describes it."""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Self

from lambdas.vocabulary.levels import Level


class Store(StrEnum):
    """Where a channel's secret is kept."""

    SECRET = "secret"  # noqa: S105 - a word of the environment file
    PARAMETER = "parameter"
    NOWHERE = "nowhere"
    """It needs none."""


@dataclass(frozen=True)
class Channel:
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

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        written = json.loads(text)
        read = {"levels": tuple(map(Level, written["levels"])), "store": Store(written["store"])}
        return cls(**{**written, **read})
