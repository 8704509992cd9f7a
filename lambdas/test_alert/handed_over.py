"""What SNS delivers by itself: that it was handed over is known, that it was delivered is not."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from lambdas.test_alert.recipients import Recipients
from lambdas.test_alert.settings import Settings
from lambdas.vocabulary.levels import Level

UNCONFIRMED = "PendingConfirmation"
_KINDS = {
    "email": ("e-mail address", "e-mail addresses"),
    "sms": ("telephone number", "telephone numbers"),
    "https": ("chat by Amazon Q Developer", "chats by Amazon Q Developer"),
}


@dataclass(frozen=True)
class Missing:
    """Subscriptions of a protocol that should be there: waiting to be confirmed, and gone."""

    protocol: str
    waiting: int
    gone: int

    @property
    def number(self) -> int:
        return self.waiting + self.gone

    def lines(self, whose: str = "") -> list[str]:
        """In words, without addresses; `whose` stands before them."""
        waits = f"{_counted(self.waiting, self.protocol)} not confirmed (open the link in SNS's first e-mail)"
        gone = f"{_counted(self.gone, self.protocol)} not subscribed any more (runbook channel-failed: subscribe again)"
        return [whose + line for number, line in ((self.waiting, waits), (self.gone, gone)) if number]


def missing_people(sns: Any, settings: Settings) -> list[Missing]:
    """Who of all levels is not subscribed.

    SNS deletes what is not confirmed within 48 hours and who unsubscribes: only the settings know who is missing.
    """
    return _missing(sns, settings.people, {"email": settings.addresses, "sms": settings.numbers})


def missing_on_call(sns: Any, settings: Settings) -> list[Missing]:
    """Whoever of those on call cannot be paged by what the settings name."""
    if settings.pages is None:
        return []
    return _missing(sns, settings.pages, {"email": settings.paged_addresses, "sms": settings.paged_numbers})


def missing_chats(sns: Any, settings: Settings, level: Level) -> list[Missing]:
    """The same of the chats that AWS serves, which subscribe to the topic of each level."""
    return _missing(sns, settings.topic(level), {"https": settings.recipients_of(level).https})


def handed_over(recipients: Recipients, missing: list[Missing]) -> list[str]:
    """What of the level was handed to SNS, in words; of who is missing, it may be any level's."""
    numbers = {protocol: getattr(recipients, protocol) for protocol in _KINDS}
    for one in missing:
        numbers[one.protocol] -= one.number
    return [_counted(number, protocol) for protocol, number in numbers.items() if number > 0]


def _missing(sns: Any, topic: str, expected: dict[str, int]) -> list[Missing]:
    if not any(expected.values()):
        return []
    pages = sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
    found = Counter(
        (it["Protocol"], it["SubscriptionArn"] == UNCONFIRMED) for page in pages for it in page["Subscriptions"]
    )
    missing = []
    for protocol, number in expected.items():
        lacking = max(0, number - found[protocol, False])
        waiting = min(lacking, found[protocol, True])
        missing.append(Missing(protocol, waiting, lacking - waiting))
    return missing


def _counted(number: int, protocol: str) -> str:
    return f"{number} {_KINDS[protocol][number > 1]}"
