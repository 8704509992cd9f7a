"""Hands a message to a channel."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lambdas.notify.channel import Channel
from lambdas.notify.channels import renderer
from lambdas.notify.errors import PermanentError, RetryError
from lambdas.notify.message import Message
from lambdas.notify.post import TIMEOUT, post
from lambdas.notify.secrets import Secrets
from lambdas.shared.clock import Clock, Deadline, now

RESERVE = TIMEOUT + 2  # seconds in which one more request can be made and its outcome be noted


@dataclass(frozen=True)
class Sender:
    secrets: Secrets
    deadline: Deadline
    clock: Clock = now
    post: Callable[..., Any] = post

    def __call__(self, channel: Channel, message: Message) -> None:
        """Raises PermanentError or RetryError; a message of several requests is repeated as a whole."""
        requests = renderer(channel.kind)(message, channel, self.secrets.of(channel), self.clock())
        for request in requests:
            if self.deadline.remaining < RESERVE:
                raise RetryError("out of time")
            try:
                self.post(request, allow_private=channel.allow_private)
            except PermanentError:
                self.secrets.forget(channel)
                raise
