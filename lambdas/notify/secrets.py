"""The channels' secrets, read when they are needed and kept for a short time."""

import time
from collections.abc import Callable, Mapping

from lambdas.notify.channel import Channel, Store
from lambdas.notify.errors import RetryError

KEPT = 300.0  # seconds: an operator who replaces a secret need not deploy

Read = Callable[[str], str]
"""The text kept under a name."""


class Secrets:
    def __init__(self, readers: Mapping[Store, Read], clock: Callable[[], float] = time.monotonic) -> None:
        self._readers = readers
        self._clock = clock
        self._known: dict[tuple[Store, str], tuple[str, float]] = {}

    def of(self, channel: Channel) -> str:
        """The channel's secret; raises RetryError, when it cannot be read, as an operator may correct it."""
        key = (channel.store, channel.secret)
        value, until = self._known.get(key, ("", 0.0))
        if self._clock() >= until:
            value = self._read(channel)
            self._known[key] = value, self._clock() + KEPT
        return value

    def was_replaced(self, channel: Channel, refused: str) -> bool:
        """Whether the secret that the channel refused is no longer the one that is kept; raises as `of` does."""
        self._known.pop((channel.store, channel.secret), None)
        return self.of(channel) != refused

    def _read(self, channel: Channel) -> str:
        where = f"{channel.store} {channel.secret!r} of channel {channel.name!r}"
        try:
            value = self._readers[channel.store](channel.secret).strip()
        except Exception as error:  # noqa: BLE001 - whatever the client raises; its text may quote more than the name
            raise RetryError(
                f"{where} cannot be read: {type(error).__name__} (does it exist, and may this function read it?)"
            ) from None
        if not value:
            raise RetryError(f"{where} is empty")
        return value
