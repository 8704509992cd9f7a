"""Notices that wait to be published, written in one transaction with what they are about."""

from enum import StrEnum
from typing import Final

from lambdas.shared.error_tracking import items
from lambdas.shared.error_tracking.items import Item
from lambdas.vocabulary.notices import Notice

OUTBOX: Final = "outbox"
NOTICE: Final = "notice"
PROJECT: Final = "project"
KIND: Final = "kind"
NOT_BEFORE: Final = "not_before"
"""Seconds of the epoch until which nobody else may publish it: somebody does, or it waits for its list."""


class Kind(StrEnum):
    NEW = "new"
    REGRESSED = "regressed"
    MUTE_EXCEEDED = "mute exceeded"
    OVERFLOW = "overflow"


def pending_item(project: str, kind: Kind, issue: str, revision: int, notice: Notice) -> Item:
    """The same for the same change of an issue."""
    return {
        **items.key(OUTBOX, f"{project}#{kind}#{issue}#{revision}"),
        PROJECT: {"S": project},
        KIND: {"S": kind},
        NOTICE: {"S": notice.to_json()},
    }
