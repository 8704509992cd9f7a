"""What SNS delivers by itself: whether it was handed over can be known, whether it was read cannot."""

from collections import Counter
from typing import Any

from lambdas.test_alert.readers import Readers

UNCONFIRMED = "PendingConfirmation"
_KINDS = {
    "email": ("e-mail address", "e-mail addresses"),
    "sms": ("telephone number", "telephone numbers"),
    "https": ("chat by Amazon Q Developer", "chats by Amazon Q Developer"),
}


def handed_over(sns: Any, topic: str, readers: Readers) -> tuple[list[str], list[str]]:
    """What was handed to SNS for people, and what of it reaches nobody, in words without addresses.

    SNS forgets what nobody confirms within 48 hours and who unsubscribes: only the settings know who is missing.
    """
    pages = sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
    found = Counter(
        (it["Protocol"], it["SubscriptionArn"] == UNCONFIRMED) for page in pages for it in page["Subscriptions"]
    )
    handed, lost = [], []
    for protocol in _KINDS:
        confirmed, pending = found[protocol, False], found[protocol, True]
        if confirmed:
            handed.append(_counted(confirmed, protocol))
        missing = max(0, getattr(readers, protocol) - confirmed)
        if waits := min(missing, pending):
            lost.append(f"{_counted(waits, protocol)} not confirmed (open the link in SNS's first e-mail)")
        if gone := missing - waits:
            lost.append(f"{_counted(gone, protocol)} not subscribed any more (runbook channel-failed: subscribe again)")
    return handed, lost


def _counted(number: int, protocol: str) -> str:
    return f"{number} {_KINDS[protocol][number > 1]}"
