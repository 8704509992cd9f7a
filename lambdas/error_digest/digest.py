"""The work of one call: messages of the queue, or lines of a log, become counted issues and published notices."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from lambdas.error_digest.announce import Announcer
from lambdas.error_digest.count import EventCounter, Suspects, Totals, no_suspects
from lambdas.error_digest.log_events import LogGroups, batch_of_log
from lambdas.error_digest.occurrence import Mapped, Occurrence, occurrence_of
from lambdas.error_digest.receive import BadMessageError, Received, read_message
from lambdas.error_digest.relay import forward
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
    sqs: Any
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
        failed: list[str] = []
        received: list[Received] = []
        if "Records" in event:
            received, failed = self._read(event["Records"])
        elif "awslogs" in event:
            received = [self._log(event)]
        totals = Totals()
        try:
            failed += self._count(received, totals)
        finally:
            self._publish_metrics(received, totals)
        published = self._announcer.publish_pending()
        if self._settings.relay_queue_url:
            forward(self._use.sqs, self._settings.relay_queue_url, received)
        logger.info("errors counted", events=totals.events, repeated=totals.repeated, notices=published)
        return {"batchItemFailures": [{"itemIdentifier": each} for each in failed]}

    def _read(self, records: Sequence[Mapping[str, Any]]) -> tuple[list[Received], list[str]]:
        received, failed = [], []
        for record in records:
            try:
                received.append(read_message(record, self._use.s3, self._settings.bucket))
            except BadMessageError as error:
                logger.error("message refused", message_id=record["messageId"], reason=str(error))
                failed.append(record["messageId"])
        return received, failed

    def _log(self, event: Mapping[str, Any]) -> Received:
        settings, use = self._settings, self._use
        groups = LogGroups(settings.api_log_group, settings.api_project, use.own_log_group)
        batch = batch_of_log(event, groups, use.clock())
        return Received("log", batch, "")

    def _count(self, received: Sequence[Received], totals: Totals) -> list[str]:
        """Returns the messages that have an event which cannot be grouped: the others are counted."""
        by_project: defaultdict[str, list[Occurrence]] = defaultdict(list)
        failed = []
        for each in received:
            try:
                by_project[each.batch.project] += self._occurrences(each)
            except Exception as error:  # noqa: BLE001  (whatever a hostile event breaks, its neighbours are counted)
                logger.exception("message refused", message_id=each.message_id, reason=type(error).__name__)
                failed.append(each.message_id)
        for project, occurrences in by_project.items():
            self._counter.count(project, occurrences, totals)
        for each in received:
            count_sessions(self._use.table, each, self._use.clock())
        return failed

    def _occurrences(self, received: Received) -> list[Occurrence]:
        batch = received.batch
        return [
            occurrence_of(
                self._use.mapped(batch.project, event),
                batch.project,
                batch.source,
                batch.received_at,
                f"{received.message_id}#{number}",
            )
            for number, event in enumerate(batch.events)
            if isinstance(event, Mapping) and event.get("type") != "transaction"
        ]

    def _publish_metrics(self, received: Sequence[Received], totals: Totals) -> None:
        """Errors by their own minute.  Those that clients dropped have none: they count from when that is known."""
        moment, environment = self._use.clock(), self._settings.environment
        dropped = sum(max(0, count) for each in received for count in each.batch.dropped.values())
        by_minute = _by_minute(totals.tracked, moment)
        if dropped:
            by_minute[_minute(moment)] += dropped
            publish({Metric.ERRORS_DROPPED: dropped}, environment=environment)
        for at, count in by_minute.items():
            publish({Metric.ERRORS_TRACKED: count}, at, environment=environment)


def _by_minute(tracked: "Counter[datetime]", moment: datetime) -> "Counter[datetime]":
    counts: Counter[datetime] = Counter()
    for at, count in tracked.items():
        counts[at if moment - OLDEST_METRIC <= at <= moment else _minute(moment)] += count
    return counts


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
