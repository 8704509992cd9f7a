"""The last test alert, and which channels took it."""

from datetime import timedelta
from typing import Final

from lambdas.checklist import arns
from lambdas.checklist.check import Outcome, Reads, Situation, failed, passed
from lambdas.checklist.deployed import reads_of, settings_of
from lambdas.checklist.phrases import ago, listed
from lambdas.shared.alert_tests import AlertTest, last_alert_test
from lambdas.test_alert.settings import Settings
from lambdas.vocabulary.checklist import Seen
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import NOTICES_TABLE
from lambdas.vocabulary.notices import Outcome as Delivery

OLDEST: Final = timedelta(days=35)
"""One is sent on the first Monday of each month."""
READS: Final = (reads_of("test_alert"), Reads(("dynamodb:Query",), arns.of_table(NOTICES_TABLE)))


def _last(situation: Situation) -> tuple[AlertTest | None, tuple[str, ...]]:
    """The last test alert of level critical, and the channels that it had to reach.  Raises UnreadableError."""
    settings = settings_of(situation, "test_alert", Settings)
    if settings is None:
        return None, ()
    channels = settings.recipients_of(Level.CRITICAL).channels
    found: AlertTest | None = situation.account.read(
        "dynamodb",
        "the last test alert",
        lambda dynamodb: last_alert_test(
            dynamodb, situation.name(NOTICES_TABLE), Level.CRITICAL, situation.at - OLDEST
        ),
    )
    return found, channels


def tested(situation: Situation) -> Outcome:
    found, channels = _last(situation)
    if found is None:
        return failed(f"no test alert of level critical was sent in the last {OLDEST.days} days")
    when = f"the test alert of {found.at:%Y-%m-%d %H:%M} UTC ({ago(found.at, situation.at)})"
    seen = tuple(Seen(channel, outcome) for channel, outcome in sorted(found.outcomes.items()))
    if missed := found.missed(channels, Delivery.DELIVERED):
        return failed(f"{when} was not delivered by {listed(missed)}", *seen)
    return passed(f"{when} was delivered by {listed(channels)}", *seen)
