"""Publishes what waits in the outbox: each notice once, and many of one kind as one with a list.

A notice is claimed by a conditional write, published and then removed.  The claim of a run that died ends, and the
notice is published by the next run.  It then may have been published already: `notify` deduplicates, as it is the same
to the last letter.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from typing import Any, Final

from lambdas.error_digest.notices import NoticeWriter
from lambdas.error_digest.outbox import KIND, NOT_BEFORE, NOTICE, OUTBOX, PROJECT, Kind
from lambdas.error_digest.settings import Settings
from lambdas.shared.clock import Clock, now
from lambdas.shared.error_tracking import items
from lambdas.shared.error_tracking.items import Item
from lambdas.shared.error_tracking.table import ErrorTable
from lambdas.shared.notices import publish_notice
from lambdas.vocabulary.notices import IDENTIFIER, RECORD, Notice

WINDOW: Final = timedelta(minutes=10)
MOST_SINGLE: Final = 5
"""Notices of one kind and project that are published one by one in a window."""
LEASE: Final = timedelta(seconds=60)
"""Longer than a run needs to publish, and shorter than the time after which a message comes again."""


class _Turn(Enum):
    SINGLE = auto()
    LIST = auto()
    """This run publishes the list of the window."""
    LATER = auto()
    """The list was published already; what is left waits until the window closes."""


@dataclass(frozen=True)
class Announcer:
    settings: Settings
    table: ErrorTable
    sns: Any
    clock: Clock = now

    def publish_pending(self) -> int:
        """How many notices were published; raises what SNS raises, and what was claimed is then free again."""
        groups: defaultdict[tuple[str, Kind], list[Item]] = defaultdict(list)
        for item in self.table.query(OUTBOX):
            if _is_due(item, self.clock()):
                groups[item[PROJECT]["S"], Kind(item[KIND]["S"])].append(item)
        return sum(self._publish_group(*of, found) for of, found in groups.items())

    def _publish_group(self, project: str, kind: Kind, found: Sequence[Item]) -> int:
        claimed = [item for item in found if self._claim(item)]
        if not claimed:
            return 0
        try:
            return self._publish_claimed(project, kind, claimed)
        except BaseException:
            for item in claimed:
                self._free(item, self.clock())
            raise

    def _publish_claimed(self, project: str, kind: Kind, claimed: Sequence[Item]) -> int:
        if kind not in (Kind.NEW, Kind.REGRESSED):
            return self._publish_each(claimed)
        turn, until = self._turn(project, kind, len(claimed))
        if turn is _Turn.SINGLE:
            return self._publish_each(claimed)
        if turn is _Turn.LATER:
            for item in claimed:
                self._free(item, until)
            return 0
        pending = sorted((Notice.from_json(item[NOTICE]["S"]) for item in claimed), key=lambda notice: notice.at)
        self._send(NoticeWriter(self.settings).storm(project, kind, pending, self.clock()))
        for item in claimed:
            self._remove(item)
        return 1

    def _publish_each(self, claimed: Sequence[Item]) -> int:
        for item in claimed:
            self._send(Notice.from_json(item[NOTICE]["S"]))
            self._remove(item)
        return len(claimed)

    def _turn(self, project: str, kind: Kind, many: int) -> tuple[_Turn, datetime]:
        """How to publish so many, and when the window closes.  Several runs share one window."""
        key = items.key(f"storm#{project}", kind)
        for _ in self.table.attempts(f"the window of {kind} notices"):
            item = self.table.get(key) or {}
            moment = self.clock()
            begun = _moment(items.counter(item, "begun"))
            is_open = bool(item) and begun <= moment < begun + WINDOW
            published = items.counter(item, "published") if is_open else 0
            started = begun if is_open else moment
            if is_open and published > MOST_SINGLE:
                return _Turn.LATER, started + WINDOW
            if self._write_window(key, item, started, published + many):
                return (_Turn.SINGLE if published + many <= MOST_SINGLE else _Turn.LIST), started + WINDOW
        raise AssertionError("attempts() raises")

    def _write_window(self, key: Item, before: Item, begun: datetime, published: int) -> bool:
        item = {
            **key,
            "begun": {"N": str(int(begun.timestamp()))},
            "published": {"N": str(published)},
            items.WRITTEN: {"N": str(items.counter(before, items.WRITTEN) + 1)},
            **items.expiry(begun + items.KEEP_QUOTA),
        }
        return self.table.put(item, items.counter(before, items.WRITTEN) if before else None)

    def _claim(self, item: Item) -> bool:
        """On condition that it still waits, and that nobody else has claimed it since it was read."""
        moment = self.clock()
        try:
            self.table.dynamodb.update_item(
                TableName=self.table.name,
                Key=_key_of(item),
                UpdateExpression="SET #until = :until",
                ConditionExpression="attribute_exists(#r) AND (attribute_not_exists(#until) OR #until <= :now)",
                ExpressionAttributeNames={"#r": RECORD, "#until": NOT_BEFORE},
                ExpressionAttributeValues={":until": _seconds(moment + LEASE), ":now": _seconds(moment)},
            )
        except self.table.dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _free(self, item: Item, at: datetime) -> None:
        """Unless it was published and removed."""
        try:
            self.table.dynamodb.update_item(
                TableName=self.table.name,
                Key=_key_of(item),
                UpdateExpression="SET #until = :until",
                ConditionExpression="attribute_exists(#r)",
                ExpressionAttributeNames={"#r": RECORD, "#until": NOT_BEFORE},
                ExpressionAttributeValues={":until": _seconds(at)},
            )
        except self.table.dynamodb.exceptions.ConditionalCheckFailedException:
            return

    def _remove(self, item: Item) -> None:
        self.table.dynamodb.delete_item(TableName=self.table.name, Key=_key_of(item))

    def _send(self, notice: Notice) -> None:
        publish_notice(self.sns, self.settings.medium_topic, notice.well_formed())


def _is_due(item: Item, moment: datetime) -> bool:
    return items.counter(item, NOT_BEFORE) <= int(moment.timestamp())


def _key_of(item: Item) -> Item:
    return items.key(item[RECORD]["S"], item[IDENTIFIER]["S"])


def _seconds(moment: datetime) -> Item:
    return {"N": str(int(moment.timestamp()))}


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
