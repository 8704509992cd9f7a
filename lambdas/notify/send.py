"""Hands a message to a channel."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from lambdas.notify.channel import Channel
from lambdas.notify.channels import renderer
from lambdas.notify.channels.incidents.hand_over import hand_over
from lambdas.notify.channels.sns.publish import publish
from lambdas.notify.errors import kind_and_line
from lambdas.notify.message import Line, Message
from lambdas.notify.secrets import Secrets
from lambdas.shared.clock import Clock, Deadline, now
from lambdas.shared.delivery_errors import DeliveryError, PermanentError, RetryError
from lambdas.shared.observability import logger
from lambdas.shared.post import TIMEOUT, Request, post
from lambdas.vocabulary.notices import INCIDENTS, SNS

RESERVE = TIMEOUT + 2  # seconds in which one more request can be made and its outcome be noted
AT_ONCE = 8  # requests of one message


@dataclass(frozen=True)
class Sender:
    secrets: Secrets
    deadline: Deadline
    clock: Clock = now
    post: Callable[..., Any] = post
    sns: Any = None
    """A client, for the channel of e-mails and text messages."""
    functions: Any = None
    """A client of Lambda, for the channel of incidents."""

    def __call__(self, channel: Channel, message: Message) -> None:
        """Make all requests of the message, even if some fail.

        Raises RetryError when one of those that failed may be accepted later, and PermanentError when none will be;
        either names their subjects.  What was refused with a secret that has been replaced meanwhile may be accepted
        with the new one.
        """
        if channel.kind == SNS:
            publish(self.sns, message, channel.url)
            return
        if channel.kind == INCIDENTS:
            hand_over(self.functions, message, channel.url)
            return
        secret = self.secrets.of(channel)
        requests = self._rendered(channel, message, secret)
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix=channel.name) as threads:
            faults = list(threads.map(lambda request: self._fault(channel, request), requests))
        missed: dict[str, DeliveryError] = {
            request.key: fault for request, fault in zip(requests, faults, strict=True) if fault
        }
        refused = any(isinstance(fault, PermanentError) for fault in missed.values())
        if refused and self.secrets.was_replaced(channel, secret):
            missed = dict.fromkeys(missed, RetryError("refused with a secret that has been replaced"))
        if missed:
            raise _all_in_one(missed, len(requests))

    def _rendered(self, channel: Channel, message: Message, secret: str) -> list[Request]:
        """What cannot be rendered is sent raw, and blocks nothing else."""
        render = renderer(channel.kind)
        try:
            return render(message, channel, secret, self.clock())
        except Exception as error:  # noqa: BLE001 - whatever a notice from outside causes
            logger.error("not rendered", channel=channel.name, reason=kind_and_line(error))

        def is_rendered(line: Line) -> bool:
            try:
                render(replace(message, lines=[line]), channel, secret, self.clock())
            except Exception:  # noqa: BLE001 - the same
                return False
            return True

        lines = [line if is_rendered(line) else line.raw() for line in message.lines]
        return render(replace(message, lines=lines), channel, secret, self.clock())

    def _fault(self, channel: Channel, request: Request) -> DeliveryError | None:
        if self.deadline.remaining < RESERVE:
            return RetryError("out of time")
        try:
            self.post(request, allow_private=channel.allow_private)
        except DeliveryError as error:
            return error
        return None


def _all_in_one(missed: Mapping[str, DeliveryError], requests: int) -> DeliveryError:
    passing = [fault for fault in missed.values() if isinstance(fault, RetryError)]
    first = next(iter(passing or missed.values()))
    if requests == 1:
        return first
    said = f"{first} ({len(missed)} of {requests} requests failed)"
    if passing:
        return RetryError(said, max(fault.after for fault in passing), missed)
    return PermanentError(said, missed)
