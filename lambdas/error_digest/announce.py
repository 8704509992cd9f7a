"""Publishes what waits in the outbox: each notice once, and many of one kind as one with a list.

A notice is claimed by a conditional write, published and then removed.  The claim of a run that died ends, and the
notice is published by the next run.  It then may have been published already: `notify` deduplicates, as it is the same
to the last letter.
"""

import json
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
        pending = sorted((_notice_of(item) for item in claimed), key=lambda notice: (notice.at, notice.title))
        turn, window = self._turn(project, kind, [notice.title for notice in pending])
        if turn is _Turn.SINGLE:
            return self._publish_each(claimed)
        if turn is _Turn.LATER:
            for item in claimed:
                self._free(item, window.begun + WINDOW)
            return 0
        self._send(NoticeWriter(self.settings).storm(project, kind, window.titles, pending[0], self.clock()))
        for item in claimed:
            self._remove(item)
        return 1

    def _publish_each(self, claimed: Sequence[Item]) -> int:
        for item in claimed:
            self._send(_notice_of(item))
            self._remove(item)
        return len(claimed)

    def _turn(self, project: str, kind: Kind, titles: Sequence[str]) -> tuple[_Turn, "_Window"]:
        """How to publish these, and the window with them.  Several runs share one window."""
        key = items.key(f"storm#{project}", kind)
        for _ in self.table.attempts(f"the window of {kind} notices"):
            item, moment = self.table.get(key), self.clock()
            window = _window_of(item, moment)
            if len(window.titles) > MOST_SINGLE:
                return _Turn.LATER, window
            window = _Window(window.begun, (*window.titles, *titles))
            if self.table.put(_window_item(key, window, item), items.counter(item, items.WRITTEN) if item else None):
                return (_Turn.SINGLE if len(window.titles) <= MOST_SINGLE else _Turn.LIST), window
        raise AssertionError("attempts() raises")

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


@dataclass(frozen=True)
class _Window:
    """Ten minutes from the first notice on, and what was published in them."""

    begun: datetime
    titles: tuple[str, ...] = ()


def _window_of(item: Item | None, moment: datetime) -> _Window:
    """A new one, where the last is over."""
    if item:
        begun = datetime.fromtimestamp(items.counter(item, "begun"), UTC)
        if begun <= moment < begun + WINDOW:
            return _Window(begun, tuple(json.loads(item["titles"]["S"])))
    return _Window(moment.replace(microsecond=0))


def _window_item(key: Item, window: _Window, before: Item | None) -> Item:
    return {
        **key,
        "begun": _seconds(window.begun),
        "titles": {"S": json.dumps(window.titles)},
        items.WRITTEN: {"N": str((items.counter(before, items.WRITTEN) if before else 0) + 1)},
        **items.expiry(window.begun + items.KEEP_QUOTA),
    }


def _is_due(item: Item, moment: datetime) -> bool:
    return items.counter(item, NOT_BEFORE) <= int(moment.timestamp())


def _key_of(item: Item) -> Item:
    return items.key(item[RECORD]["S"], item[IDENTIFIER]["S"])


def _seconds(moment: datetime) -> Item:
    return {"N": str(int(moment.timestamp()))}


def _notice_of(item: Item) -> Notice:
    return Notice.from_json(item[NOTICE]["S"])
