"""Delivers what is in one channel's outbox, in order and as one message.

- One invocation at a time delivers to a channel: it has a lease, which expires when the invocation dies.  Another
  invocation that comes meanwhile is repeated later, so that what was put into the outbox in between is not left there.
- What could not be delivered stays in the outbox and is merged with what comes after it: a recovery cannot overtake
  its alarm, and a channel that was unreachable for ten minutes gets one message.
- A retry is scheduled *before* it is recorded, so that a channel never waits for a retry that does not come.
- A run that dies between the channel's answer and its record sends the same message again: PagerDuty knows it by its
  deduplication key and webhooks by the delivery's identifier; a Slack channel shows it twice.  Silence would be worse.
- A message of several requests (PagerDuty) that was accepted in part leaves only the rest in the outbox.
- Nothing here waits for another channel.
"""

import hashlib
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from lambdas.notify.channel import Channel
from lambdas.notify.errors import kind_and_line
from lambdas.notify.message import Message, merged
from lambdas.notify.queue import Deliver, Queue
from lambdas.notify.settings import Settings
from lambdas.notify.table import ChannelState, NoticeTable, PendingDelivery, TakenError
from lambdas.shared.clock import Clock, now
from lambdas.shared.delivery_errors import DeliveryError, PermanentError, RetryError
from lambdas.shared.observability import logger, publish
from lambdas.vocabulary.metrics import Dimension, Metric
from lambdas.vocabulary.notices import Outcome

LEASE = timedelta(seconds=60)  # twice the function's time
LOOK_AGAIN = timedelta(seconds=3)
FIRST_RETRY = timedelta(seconds=5)
SLOWEST_RETRY = timedelta(minutes=10)

Send = Callable[[Channel, Message], None]
"""Hands a message to a channel; raises PermanentError or RetryError."""


@dataclass(frozen=True)
class Deliverer:
    settings: Settings
    channels: Mapping[str, Channel]
    table: NoticeTable
    queue: Queue
    send: Send
    clock: Clock = now

    def deliver(self, work: Deliver) -> None:
        """Deliver everything in the channel's outbox; what it does not accept now is retried or given up."""
        if work.channel not in self.channels:
            logger.warning("a channel that is no longer in the settings", channel=work.channel)
            return
        moment = self.clock()
        try:
            state = self.table.lease(work.channel, moment, moment + LEASE)
        except TakenError:
            self.queue.deliver(work, LOOK_AGAIN)
            return
        after = state
        try:
            after = self._deliver(self.channels[work.channel], work, state)
        finally:
            self.table.release(work.channel, after)

    def _deliver(self, channel: Channel, work: Deliver, state: ChannelState) -> ChannelState:
        if state.not_before and (left := state.not_before - self.clock()) > timedelta(0):
            if work.attempt == state.attempt:  # the retry itself, which no queue could delay for long enough
                self.queue.deliver(work, left)
            return state
        deliveries = self.table.outbox(channel.name)
        if not deliveries:
            return ChannelState()
        try:
            self.send(channel, self._message(deliveries))
        except PermanentError as error:
            self._give_up(channel, self._not_accepted(channel, deliveries, error), Outcome.REFUSED, error)
        except RetryError as error:
            return self._postpone(channel, self._not_accepted(channel, deliveries, error), state, error)
        except Exception as error:  # noqa: BLE001 - left in the outbox, it would block all that comes after it
            return self._postpone(channel, deliveries, state, RetryError(f"a fault of notify: {kind_and_line(error)}"))
        else:
            self._delivered(channel, deliveries)
        return ChannelState()

    def _delivered(self, channel: Channel, deliveries: Sequence[PendingDelivery]) -> None:
        moment = self.clock()
        self.table.acknowledge(channel.name, deliveries, Outcome.DELIVERED, moment)
        waited = [(moment - delivery.dispatched_at).total_seconds() for delivery in deliveries]
        logger.info("delivered", channel=channel.name, dispatches=len(deliveries), seconds=max(waited))

    def _not_accepted(
        self, channel: Channel, deliveries: Sequence[PendingDelivery], error: DeliveryError
    ) -> list[PendingDelivery]:
        """What is left of the deliveries; what the channel accepted is not sent again, nor lost with the rest."""
        if not error.keys:
            return list(deliveries)
        left = [delivery.only(error.keys) for delivery in deliveries]
        if accepted := [delivery for delivery, rest in zip(deliveries, left, strict=True) if not rest.notices]:
            self._delivered(channel, accepted)
        for delivery, rest in zip(deliveries, left, strict=True):
            if rest.notices and rest != delivery:
                self.table.keep_rest(channel.name, rest)
        return [rest for rest in left if rest.notices]

    def _message(self, deliveries: Sequence[PendingDelivery]) -> Message:
        lines = merged(notice for delivery in deliveries for notice in delivery.notices)
        digest = hashlib.sha256(" ".join(delivery.dispatch for delivery in deliveries).encode()).hexdigest()
        return Message(self.settings.environment, digest[:32], lines)

    def _postpone(
        self, channel: Channel, deliveries: Sequence[PendingDelivery], state: ChannelState, error: RetryError
    ) -> ChannelState:
        moment = self.clock()
        late = [delivery for delivery in deliveries if moment - delivery.dispatched_at >= self.settings.give_up]
        if late:
            self._give_up(channel, late, Outcome.GIVEN_UP, error)
        if len(late) == len(deliveries):
            return ChannelState()
        asked = timedelta(seconds=min(error.after, SLOWEST_RETRY.total_seconds()))
        delay = max(_backoff(state.attempt), asked)
        logger.warning("postponed", channel=channel.name, reason=str(error), seconds=delay.total_seconds())
        after = ChannelState(state.attempt + 1, moment + delay)
        self.queue.deliver(Deliver(channel.name, after.attempt), delay)
        return after

    def _give_up(
        self, channel: Channel, deliveries: Sequence[PendingDelivery], outcome: Outcome, error: DeliveryError
    ) -> None:
        self.table.acknowledge(channel.name, deliveries, outcome, self.clock())
        publish(
            {Metric.CHANNEL_FAILED: 1},
            environment=self.settings.environment,
            **{Dimension.CHANNEL: channel.name},
        )
        lost = [notice.title for delivery in deliveries for notice in delivery.notices]
        logger.error("not delivered", channel=channel.name, outcome=outcome, reason=str(error), lost=lost)


def _backoff(attempt: int) -> timedelta:
    """Twice as long each time, and never the same for two channels that failed together."""
    longest: timedelta = min(FIRST_RETRY * 2 ** min(attempt, 10), SLOWEST_RETRY)
    share: float = random.uniform(0.5, 1)  # noqa: S311 - jitter guards nothing
    return longest * share
