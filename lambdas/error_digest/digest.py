"""The work of one call: messages of the queue, or lines of a log, become counted issues and published notices."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.error_digest.announce import Announcer
from lambdas.error_digest.count import EventCounter, Suspects, Totals, no_suspects
from lambdas.error_digest.log_events import LogGroups, batch_of_log
from lambdas.error_digest.occurrence import Mapped, Occurrence, occurrence_of
from lambdas.error_digest.receive import BadMessageError, Received, event_again, read_message
from lambdas.error_digest.sessions import count_sessions
from lambdas.error_digest.settings import Settings
from lambdas.shared.clock import Clock, now
from lambdas.shared.error_tracking.table import ErrorTable
from lambdas.shared.observability import logger, publish
from lambdas.vocabulary.error_tracking import Event
from lambdas.vocabulary.metrics import Metric

OLDEST_METRIC: Final = timedelta(hours=2)
"""An error that is older counts for the alarms as of now: CloudWatch evaluates no alarm for so long ago."""


def unmapped(_project: str, event: Event) -> Event:
    return event


@dataclass(frozen=True)
class Dependencies:
    table: ErrorTable
    s3: Any
    sns: Any
    mapped: Mapped = unmapped
    suspects: Suspects = no_suspects
    clock: Clock = now
    own_log_group: str = ""
    """What this function logs is no source: an error that is about an error would never end."""


class Digest:
    """Made once for many calls."""

    def __init__(self, settings: Settings, use: Dependencies) -> None:
        self._settings, self._use = settings, use
        self._counter = EventCounter(settings, use.table, use.s3, use.suspects, use.clock)
        self._announcer = Announcer(settings, use.table, use.sns, use.clock)

    def take(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Whatever calls the function: SQS, a log's subscription, or a schedule, which publishes what waits.

        Answers SQS with the messages that cannot be read.  Raises what AWS raises: all messages then come again.
        """
        work = _Work()
        for record in event.get("Records", ()):
            self._read(record, work)
        if "awslogs" in event:
            self._read_log(event, work)
        totals = Totals()
        try:
            for project, occurrences in work.occurrences.items():
                self._counter.count(project, occurrences, totals)
            for received in work.received:
                count_sessions(self._use.table, received, self._use.clock())
        finally:
            self._publish_tracked(totals)
        self._publish_dropped(work.received)
        published = self._announcer.publish_pending()
        logger.info("errors counted", events=totals.events, repeated=totals.repeated, notices=published)
        return {"batchItemFailures": [{"itemIdentifier": each} for each in work.failed]}

    def _read(self, record: Mapping[str, Any], work: "_Work") -> None:
        """A message that cannot be read, or grouped, fails alone: its neighbours are counted."""
        message = record["messageId"]
        try:
            received, events = read_message(record, self._use.s3, self._settings.bucket)
            found = self._occurrences(received, events)
        except BadMessageError as error:
            logger.error("message refused", message_id=message, reason=str(error))
            work.failed.append(message)
        except (ClientError, BotoCoreError):
            raise
        except Exception as error:  # noqa: BLE001  (whatever a hostile event breaks)
            logger.exception("message refused", message_id=message, reason=type(error).__name__)
            work.failed.append(message)
        else:
            work.received.append(received)
            work.occurrences[received.batch.project] += found

    def _read_log(self, event: Mapping[str, Any], work: "_Work") -> None:
        settings, use = self._settings, self._use
        groups = LogGroups(settings.environment, settings.api_log_group, settings.api_project, use.own_log_group)
        batch = batch_of_log(event, groups, use.clock())
        received = Received("log", replace(batch, events=()), "", in_bucket=True)
        work.occurrences[batch.project] += self._occurrences(received, batch.events)

    def _occurrences(self, received: Received, events: Sequence[Any]) -> list[Occurrence]:
        """What is small is read again when it is needed: hundreds of events at once are slow to hold."""
        batch, found = received.batch, []
        for number, event in enumerate(events):
            if isinstance(event, dict) and event.get("type") != "transaction":
                mapped = self._use.mapped(batch.project, event)
                recall = partial(_held, mapped) if received.in_bucket else partial(self._again, received, number)
                found.append(occurrence_of(mapped, recall, batch, f"{received.message_id}#{number}"))
        return found

    def _again(self, received: Received, number: int) -> Event:
        return self._use.mapped(received.batch.project, event_again(received.body, number))

    def _publish_tracked(self, totals: Totals) -> None:
        """By the errors' own minute.  After a fault, too: what was counted is not counted again."""
        for at, count in _by_minute(totals.tracked, self._use.clock()).items():
            self._publish({Metric.ERRORS_TRACKED: count}, at)

    def _publish_dropped(self, received: Sequence[Received]) -> None:
        """Not after a fault: the messages come again, and there is no marker of what they say was dropped."""
        if dropped := sum(max(0, count) for each in received for count in each.batch.dropped.values()):
            self._publish({Metric.ERRORS_DROPPED: dropped, Metric.ERRORS_TRACKED: dropped})

    def _publish(self, values: Mapping[Metric, float], at: datetime | None = None) -> None:
        """Where no client sends nobody looks at the rates, and each metric is paid for."""
        if self._settings.clients_send:
            publish(values, at, environment=self._settings.environment)


@dataclass
class _Work:
    """What one call has to do."""

    received: list[Received] = field(default_factory=list)
    occurrences: defaultdict[str, list[Occurrence]] = field(default_factory=lambda: defaultdict(list))
    """By project."""
    failed: list[str] = field(default_factory=list)


def _held(event: Event) -> Event:
    return event


def _by_minute(tracked: "Counter[datetime]", moment: datetime) -> "Counter[datetime]":
    counts: Counter[datetime] = Counter()
    for at, count in tracked.items():
        counts[at if moment - OLDEST_METRIC <= at <= moment else _minute(moment)] += count
    return counts


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
