"""How the checklist wants alerts to be sent: mail always, the chat of the team, a pager for what is critical."""

from typing import Final

from lambdas.checklist import arns
from lambdas.checklist.alarms import confirmed, subscriptions_of
from lambdas.checklist.check import Check, Outcome, Reads, Situation, failed, passed
from lambdas.checklist.deployed import reads_of, settings_of
from lambdas.checklist.phrases import listed
from lambdas.notify.channel import Channel
from lambdas.notify.settings import Settings
from lambdas.shared.quantities import counted
from lambdas.vocabulary.checklist import Importance, Line, Seen
from lambdas.vocabulary.incidents import PAGES
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import INCIDENTS, PEOPLE, SNS
from lambdas.vocabulary.runbooks import Runbook

PAGERDUTY: Final = "pagerduty"
_ON_PEOPLE: Final = Reads(("sns:ListSubscriptionsByTopic",), arns.of_topic(PEOPLE))
_ON_PAGES: Final = Reads(("sns:ListSubscriptionsByTopic",), arns.of_topic(PAGES))
_ON_TOPICS: Final = Reads(
    ("sns:ListSubscriptionsByTopic",), arns.of_topic("alerts-*"), because="The topics of the levels."
)


def _mail(situation: Situation) -> Outcome:
    mails = _confirmed_of(situation, PEOPLE, "email")
    name = situation.name(PEOPLE)
    if not mails:
        return failed(f"no e-mail address is confirmed at {name}", Seen(name, "no e-mail subscription"))
    return passed(f"{counted(mails, 'e-mail address')} confirmed at {name}, which every level is sent to")


def _chat(situation: Situation) -> Outcome:
    chats = [each.name for each in _channels(situation) if each.kind not in (SNS, INCIDENTS, PAGERDUTY)]
    served = any(
        each.get("Protocol") == "https"
        for level in Level
        for each in confirmed(subscriptions_of(situation, situation.arn_of_topic(f"alerts-{level}")))
    )
    if not (chats or served):
        return failed(f"{situation.name('notify')} has no channel of a chat or webhook, and no topic one of Amazon Q")
    return passed(f"the team is sent alerts by {listed([*chats, *(['Amazon Q Developer'] if served else [])])}")


def _pager(situation: Situation) -> Outcome:
    critical = [each for each in _channels(situation) if Level.CRITICAL in each.levels]
    duties = [each.name for each in critical if each.kind == PAGERDUTY]
    if duties:
        return passed(f"PagerDuty is sent critical alerts by {listed(duties)}, and calls and texts by itself")
    texts = _confirmed_of(situation, PEOPLE, "sms")
    if situation.settings.on_call:
        paged = _confirmed_of(situation, PAGES, "sms")
        if texts or paged:
            return passed(f"whoever is on call is paged; {counted(texts + paged, 'telephone number')} confirmed")
        return failed(f"no telephone number is subscribed to {situation.name(PAGES)} or {situation.name(PEOPLE)}")
    return failed(f"nobody is paged: no PagerDuty, nobody on call ({counted(texts, 'telephone number')} gets texts)")


def _channels(situation: Situation) -> list[Channel]:
    settings = settings_of(situation, "notify", Settings)
    return [Channel.from_json(written) for written in settings.channels] if settings else []


def _confirmed_of(situation: Situation, topic: str, protocol: str) -> int:
    found = confirmed(subscriptions_of(situation, situation.arn_of_topic(topic)))
    return sum(each.get("Protocol") == protocol for each in found)


CHECKS: Final = (
    Check(
        name="mail-always",
        line=Line.CHANNELS,
        question="Is an e-mail sent of every alert?",
        why="Mail stays when a chat is down, and can be searched a year later.",
        passes="At least one e-mail address is confirmed.",
        remedy="Open the link in SNS's first e-mail; or set alerts.email and deploy.",
        importance=Importance.BLOCKER,
        runbook=Runbook.CHANNEL_FAILED,
        reads=(_ON_PEOPLE,),
        look=_mail,
    ),
    Check(
        name="team-chat",
        line=Line.CHANNELS,
        question="Is the team's chat sent alerts?",
        why="Where the team talks is where somebody says that they have seen it, too.",
        passes="A channel of a chat or a webhook is set, or Amazon Q Developer is subscribed to a level's topic.",
        remedy="Add a channel of kind slack_webhook or slack to alerts.channels (docs/channels.md) and deploy.",
        runbook=Runbook.CHANNEL_FAILED,
        reads=(reads_of("notify"), _ON_TOPICS),
        look=_chat,
    ),
    Check(
        name="pager-for-critical",
        line=Line.CHANNELS,
        question="Does a critical alert page somebody, and reach a telephone?",
        why="Nobody reads mail at three in the morning.",
        passes="PagerDuty is sent critical alerts; or somebody is on call, and a telephone number is confirmed.",
        remedy="Add on_call with a phone, or a channel of kind pagerduty, and deploy.",
        importance=Importance.BLOCKER,
        runbook=Runbook.CHANNEL_FAILED,
        reads=(reads_of("notify"), _ON_PEOPLE, _ON_PAGES),
        look=_pager,
    ),
)
