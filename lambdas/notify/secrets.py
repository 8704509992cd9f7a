"""The channels' secrets, read when they are needed and kept for a short time."""

import time
from collections.abc import Callable, Mapping

from lambdas.notify.channel import Channel, Store
from lambdas.shared.delivery_errors import RetryError
from lambdas.shared.stored_values import Read, StoredValues, UnreadableError

KEPT = 300.0  # seconds: an operator who replaces a secret need not deploy


class Secrets:
    def __init__(self, readers: Mapping[Store, Read], clock: Callable[[], float] = time.monotonic) -> None:
        self._stored = StoredValues(readers, KEPT, clock)

    def of(self, channel: Channel) -> str:
        """The channel's secret; raises RetryError, when it cannot be read, as an operator may correct it."""
        where = f"{channel.store} {channel.secret!r} of channel {channel.name!r}"
        try:
            value = self._stored.of(channel.store, channel.secret)
        except UnreadableError as error:
            raise RetryError(f"{where} cannot be read: {error}") from None
        if not value:
            self._stored.forget(channel.store, channel.secret)
            raise RetryError(f"{where} is empty")
        return value

    def was_replaced(self, channel: Channel, refused: str) -> bool:
        """Whether the secret that the channel refused is no longer the one that is kept; raises as `of` does."""
        self._stored.forget(channel.store, channel.secret)
        return self.of(channel) != refused
