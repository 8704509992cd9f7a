"""Whether those who are to be notified can be."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from lambdas.checklist import arns
from lambdas.checklist.alarms import READS_TOPICS, confirmed, subscriptions_of
from lambdas.checklist.check import Check, Outcome, Reads, Situation, failed, passed
from lambdas.shared.quantities import counted, duration
from lambdas.test_alert.handed_over import UNCONFIRMED
from lambdas.test_alert.test_alert import NOT_SUBSCRIBED
from lambdas.vocabulary.checklist import Importance, Line, Seen
from lambdas.vocabulary.incidents import PAGES
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import PEOPLE
from lambdas.vocabulary.runbooks import Runbook

_FUNCTION: Final = "test_alert"
SPAN: Final = timedelta(hours=26)
"""It looks daily who is subscribed; two hours are left for it to be late."""
LOST: Final = f'{{ $.message = "{NOT_SUBSCRIBED}" }}'


def _reachable(situation: Situation) -> Outcome:
    topics = (PEOPLE, *((PAGES,) if situation.settings.on_call else ()), *(f"alerts-{level}" for level in Level))
    subscribed = {topic: subscriptions_of(situation, situation.arn_of_topic(topic)) for topic in topics}
    seen = [Seen(situation.name(topic), _in_words(found)) for topic, found in subscribed.items()]
    for topic, found in subscribed.items():
        if waiting := [each for each in found if each.get("SubscriptionArn") == UNCONFIRMED]:
            protocol = waiting[0].get("Protocol", "unknown")
            return failed(f"{situation.name(topic)} has {len(waiting)} unconfirmed, the first of {protocol}", *seen)
    for topic, found in subscribed.items():
        if not confirmed(found):
            return failed(f"nobody is subscribed to {situation.name(topic)}", *seen)
    if not any(each.get("Protocol") == "email" for each in confirmed(subscribed[PEOPLE])):
        return failed(f"no e-mail address is subscribed to {situation.name(PEOPLE)}", *seen)
    if _somebody_is_lost(situation):
        log = situation.log_of(_FUNCTION)
        return failed(
            f"somebody of the environment's file is not subscribed any more: see '{NOT_SUBSCRIBED}' in {log}", *seen
        )
    return passed(f"all subscriptions are confirmed: {_in_words(confirmed(subscribed[PEOPLE]))} of people", *seen)


def _somebody_is_lost(situation: Situation) -> bool:
    """SNS forgets who unsubscribes; `test_alert` compares with the environment's file every day."""
    return bool(
        situation.account.pages(
            "logs",
            "filter_log_events",
            "events",
            absent=("ResourceNotFoundException",),
            logGroupName=situation.log_of(_FUNCTION),
            startTime=int((situation.at - SPAN).timestamp() * 1000),
            filterPattern=LOST,
        )
    )


def _in_words(subscriptions: Any) -> str:
    """Without addresses."""
    by_kind = Counter(map(_kind, subscriptions))
    return ", ".join(counted(number, kind) for kind, number in sorted(by_kind.items())) or "nobody"


def _kind(subscription: Mapping[str, Any]) -> str:
    return f"{subscription.get('Protocol', 'unknown')} subscription"


CONTACTS: Final = Check(
    name="contacts-confirmed",
    line=Line.CONTACTS,
    question="Are the contacts for mail, text messages and chat there and confirmed?",
    why="SNS sends nothing to an address that has not confirmed, and forgets it after two days.",
    passes="Each topic of alerts has a confirmed subscription and none that waits, people have an e-mail address, and"
    f" test_alert missed nobody in the last {duration(SPAN)}.",
    remedy="Open the link in SNS's first e-mail; subscribe again who is lost (runbook channel-failed).",
    importance=Importance.BLOCKER,
    runbook=Runbook.CHANNEL_FAILED,
    reads=(
        Reads(("sns:ListSubscriptionsByTopic",), arns.of_topic(PEOPLE)),
        Reads(("sns:ListSubscriptionsByTopic",), arns.of_topic(PAGES)),
        READS_TOPICS,
        Reads(
            ("logs:FilterLogEvents",), arns.of_functions_log(_FUNCTION), because="All streams of the log of test_alert."
        ),
    ),
    look=_reachable,
)
