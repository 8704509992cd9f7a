"""Gathers notices into groups, so that forty alarms in a minute are one message.

The first notice of a level opens a window and schedules its flush; the flush dispatches all that waits, of whichever
level.  Every step may be interrupted or repeated:

- A notice is stored *before* a window is looked for, and a flush closes its window *before* it looks for notices.  So a
  notice that a flush does not see finds the window closed and opens the next one.
- A flush is scheduled *before* its window is opened.  Interrupted between the two, the notice comes again and schedules
  another; a flush whose window was never opened does nothing.
- A dispatch is one transaction: notices are claimed, their subjects stored and the channels' outboxes filled, all or
  nothing.  Two flushes at the same time cannot claim the same notice.
- The channels are called *after* it, and are called again when the flush is repeated; an empty outbox does nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lambdas.notify.channel import Channel
from lambdas.notify.deduplicate import deduplicate
from lambdas.notify.queue import Deliver, Flush, Queue
from lambdas.notify.quiet_hours import QuietHours
from lambdas.notify.read_notice import Received
from lambdas.notify.settings import Settings
from lambdas.notify.table import CHUNK, NoticeTable, TakenError, Window
from lambdas.shared.clock import Clock, now
from lambdas.shared.observability import logger
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import Notice, identifier_of

EARLY = timedelta(seconds=5)  # a flush that comes so much before its window closes was delayed for as long as SQS can
OVERDUE = timedelta(minutes=5)  # a window that should have closed so long ago has lost its flush


@dataclass(frozen=True)
class Gatherer:
    settings: Settings
    channels: Sequence[Channel]
    table: NoticeTable
    queue: Queue
    clock: Clock = now
    quiet: QuietHours | None = None

    def accept(self, received: Received, envelope: dict[str, Any]) -> None:
        """Store a notice for its group; one that came before changes nothing.

        That of a new alarm without data comes again when its time is over.  Its OK, if one comes meanwhile, is newer
        and has made it void by then; otherwise it is what still lasts, and is sent.
        """
        left = received.notice.at + self.settings.new_alarm - self.clock()
        if received.has_no_data_yet and left > timedelta(0):
            logger.info("a new alarm has no data yet", title=received.notice.title, seconds=left.total_seconds())
            self.queue.again(envelope, left)
            return
        if not self.table.store(received, self.clock()):
            logger.info("received before", notice=identifier_of(received.notice))
            return
        self._ensure_open_window(received.notice.level)

    def flush(self, work: Flush) -> None:
        """Dispatch everything that waits and call the channels; a window of quiet hours is waited for in parts."""
        window = self.table.window(work.level)
        if window and window.identifier == work.window and (left := window.closes_at - self.clock()) > EARLY:
            self.queue.flush(work, left)
            return
        try:
            self.table.close_window(work.level, work.window)
            self._dispatch_all(work.window)
        except TakenError:
            logger.info("a window that was never opened, or has been followed by another", window=work.window)
        for channel in self.channels:
            self.queue.deliver(Deliver(channel.name))

    def _dispatch_all(self, window: str) -> None:
        part = 0
        while waiting := self._due()[:CHUNK]:
            try:
                self._dispatch(f"{self.clock().isoformat()}#{window}#{part}", waiting)
            except TakenError:
                logger.info("another flush claimed the same notices")  # and this one looks again for the rest
            part += 1
        if self.quiet:
            for level in {received.notice.level for _, received in self.table.waiting()}:
                self._ensure_open_window(level)  # for what waits until the morning

    def _due(self) -> list[tuple[str, Received]]:
        """What may be sent now."""
        return [
            (key, received) for key, received in self.table.waiting() if not self._held_until(received.notice.level)
        ]

    def _held_until(self, level: Level) -> datetime | None:
        return self.quiet.end(self.clock(), level) if self.quiet else None

    def _ensure_open_window(self, level: Level) -> None:
        moment, current = self.clock(), self.table.window(level)
        if current and not current.closed and moment < current.closes_at + OVERDUE:
            return
        critical = level is Level.CRITICAL
        delay = self.settings.group_critical if critical else self.settings.group_others
        if morning := self._held_until(level):
            delay = max(delay, morning - moment)
        opened = Window(f"{level}-{moment.isoformat()}", moment + delay)
        self.queue.flush(Flush(level, opened.identifier), delay)
        try:
            self.table.open_window(level, opened, current)
        except TakenError:
            logger.debug("another notice has opened the window")

    def _dispatch(self, identifier: str, waiting: Sequence[tuple[str, Received]]) -> None:
        before = self.table.subjects(received.notice.key for _, received in waiting)
        notices, after = deduplicate((received for _, received in waiting), before)
        deliveries = {channel.name: _for(channel, notices) for channel in self.channels}
        self.table.dispatch(
            identifier,
            [taken for taken, _ in waiting],
            {key: subject for key, subject in after.items() if before.get(key) != subject},
            {name: pending for name, pending in deliveries.items() if pending},
            self.clock(),
        )
        logger.info("dispatched", dispatch=identifier, received=len(waiting), sent=len(notices))


def _for(channel: Channel, received: Sequence[Received]) -> list[Notice]:
    return [
        each.notice for each in received if each.notice.level in channel.levels and each.about_channel != channel.name
    ]
