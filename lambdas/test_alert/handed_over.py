"""What SNS delivers by itself: whether it was handed over can be known, whether it was read cannot."""

from collections import Counter
from typing import Any

UNCONFIRMED = "PendingConfirmation"
_KINDS = {
    "email": ("e-mail address", "e-mail addresses"),
    "sms": ("telephone number", "telephone numbers"),
    "https": ("chat by Amazon Q Developer", "chats by Amazon Q Developer"),
}


def handed_over(sns: Any, topic: str) -> tuple[list[str], list[str]]:
    """What was handed to SNS for people, and what of it reaches nobody, in words without addresses."""
    pages = sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
    found = Counter(
        (_KINDS[it["Protocol"]], it["SubscriptionArn"] == UNCONFIRMED)
        for page in pages
        for it in page["Subscriptions"]
        if it["Protocol"] in _KINDS
    )
    handed = [_counted(number, kind) for (kind, unconfirmed), number in sorted(found.items()) if not unconfirmed]
    lost = [
        f"{_counted(number, kind)} not confirmed (open the link in SNS's first e-mail)"
        for (kind, unconfirmed), number in sorted(found.items())
        if unconfirmed
    ]
    return handed, lost


def _counted(number: int, kind: tuple[str, str]) -> str:
    return f"{number} {kind[number > 1]}"
