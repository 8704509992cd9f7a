"""How many errors a key may send in a minute, counted for all instances of the function together.

An instance leases several at a time, so that most requests ask nobody.  Counted is what was leased: what an instance
leased and did not use is lost to the others until the minute ends.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.shared.clock import Clock, now
from lambdas.shared.observability import logger
from lambdas.vocabulary.notices import EXPIRES_AT, IDENTIFIER, RECORD

LEASE: Final = 20
_SHARES: Final = 10
"""A small quota is leased in so many parts, that one instance may not hold all of it."""
_KEPT = timedelta(minutes=10)


class Category(StrEnum):
    """In the words of the header `X-Sentry-Rate-Limits`."""

    ERRORS = "error;default"
    SESSIONS = "session"


@dataclass
class _Lease:
    minute: int
    left: int = 0
    exhausted: bool = False


class Quota:
    """`dynamodb` is a client that gives up soon: a request waits for it."""

    def __init__(self, dynamodb: Any, table: str, clock: Clock = now) -> None:
        self._dynamodb, self._table, self._clock = dynamodb, table, clock
        self._leases: dict[tuple[str, Category], _Lease] = {}

    def take(self, key: str, per_minute: int, category: Category, wanted: int = 1) -> int:
        """How many of the `wanted` may be taken, at once."""
        lease = self._lease(key, category)
        while lease.left < wanted and not lease.exhausted:
            self._extend(lease, key, category, per_minute, wanted - lease.left)
        taken = min(wanted, lease.left)
        lease.left -= taken
        return taken

    def seconds_left(self) -> int:
        """Until the minute ends, and one more: the clocks of clients differ."""
        return 61 - self._clock().second

    def _lease(self, key: str, category: Category) -> _Lease:
        minute = _minute(self._clock())
        known = self._leases.get((key, category))
        if not known or known.minute != minute:
            known = self._leases[key, category] = _Lease(minute)
        return known

    def _extend(self, lease: _Lease, key: str, category: Category, per_minute: int, needed: int) -> None:
        asked = max(needed, min(LEASE, per_minute // _SHARES))
        try:
            used = self._count(key, category, lease.minute, asked)
        except (ClientError, BotoCoreError) as error:
            # Errors matter most when something is wrong.  The bound is a quota for each instance.
            logger.warning("quota is not counted: the table does not answer", reason=str(error))
            lease.left, lease.exhausted = lease.left + per_minute, True
            return
        lease.left += max(0, min(asked, per_minute - (used - asked)))
        lease.exhausted = used >= per_minute

    def _count(self, key: str, category: Category, minute: int, asked: int) -> int:
        """How many all instances have leased, these included."""
        answer = self._dynamodb.update_item(
            TableName=self._table,
            Key={RECORD: {"S": f"quota#{key}"}, IDENTIFIER: {"S": f"{minute}#{category.name.lower()}"}},
            UpdateExpression="ADD used :asked SET #expires = if_not_exists(#expires, :expiry)",
            ExpressionAttributeNames={"#expires": EXPIRES_AT},
            ExpressionAttributeValues={
                ":asked": {"N": str(asked)},
                ":expiry": {"N": f"{(self._clock() + _KEPT).timestamp():.0f}"},
            },
            ReturnValues="UPDATED_NEW",
        )
        return int(answer["Attributes"]["used"]["N"])


def _minute(moment: datetime) -> int:
    return int(moment.timestamp()) // 60
