"""Whether alerts reach people: the last test alert, the topics of the levels, and each alarm's own level."""

from typing import Final

from lambdas.checklist import arns
from lambdas.checklist.alarms import READS as READS_ALARMS
from lambdas.checklist.alarms import Alarm, alarms_of, confirmed, subscriptions_of
from lambdas.checklist.alert_tests import OLDEST, tested
from lambdas.checklist.alert_tests import READS as READS_OF_TESTS
from lambdas.checklist.check import Check, Outcome, Reads, Situation, failed, passed
from lambdas.checklist.phrases import listed
from lambdas.shared.quantities import counted
from lambdas.vocabulary.checklist import Importance, Line, Seen
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import NOTICES_TABLE
from lambdas.vocabulary.runbooks import Runbook

_ON_TOPICS: Final = Reads(
    ("sns:ListSubscriptionsByTopic",), arns.of_topic("alerts-*"), because="The topics of the levels."
)


def _topics(situation: Situation) -> Outcome:
    """The queue, and not people: `notify` writes for them, and has no other way to hear of an alarm."""
    faults, seen = [], []
    for level in Level:
        name = situation.name(f"alerts-{level}")
        found = confirmed(subscriptions_of(situation, situation.arn_of_topic(f"alerts-{level}")))
        seen.append(Seen(name, f"{counted(len(found), 'subscription')}, to respond {level.response}"))
        if not any(str(each.get("Endpoint", "")).endswith(f":{situation.name(NOTICES_TABLE)}") for each in found):
            faults.append(
                f"{name} does not reach the queue {situation.name(NOTICES_TABLE)}: nobody hears of {level} alarms"
            )
    if faults:
        return failed("; ".join(faults), *seen)
    return passed(listed(f"{level}: respond {level.response}" for level in Level), *seen)


def _levels(situation: Situation) -> Outcome:
    ours = [alarm for alarm in alarms_of(situation).values() if alarm.actions and not _is_of_another(alarm, situation)]
    if not ours:
        return failed("no alarm of the environment notifies anybody")
    if faults := [fault for alarm in ours if (fault := _fault_in_level(alarm, situation))]:
        return failed(listed(faults))
    return passed(f"each of {counted(len(ours), 'alarm')} has a level and notifies its topic")


def _is_of_another(alarm: Alarm, situation: Situation) -> bool:
    """An environment whose name begins with this one's, such as `prod-eu` with `prod`, has topics of its own."""
    topics = situation.arn_of_topic("")
    return all(action.startswith(topics) and "-alerts-" in action.removeprefix(topics) for action in alarm.actions)


def _fault_in_level(alarm: Alarm, situation: Situation) -> str:
    level = alarm.described.level
    if level is None:
        return f"{alarm.name} has no level"
    if situation.arn_of_topic(f"alerts-{level}") in alarm.actions:
        return ""
    return f"{alarm.name} is {level} and notifies {listed(action.rpartition(':')[2] for action in alarm.actions)}"


CHECKS: Final = (
    Check(
        name="test-alert-delivered",
        line=Line.CHANNELS,
        question="Did the last test alert arrive by every channel?",
        why="A channel that is set up and silent is found out in the night when it is needed.",
        passes=f"One of level critical, of the last {OLDEST.days} days, was delivered by every channel of it.",
        remedy="Send one: make test-alert ENV=<environment> LEVEL=critical; the log of notify says what failed.",
        importance=Importance.BLOCKER,
        runbook=Runbook.CHANNEL_FAILED,
        reads=READS_OF_TESTS,
        look=tested,
    ),
    Check(
        name="level-topics",
        line=Line.RESPONSE_TIMES,
        question="Does each level, with its response time, have a topic that reaches people?",
        why="An alarm whose topic nobody reads turns red unseen.",
        passes="Each of the four topics is there and delivers to the queue of notify.",
        remedy="Deploy the stack alerting again.",
        importance=Importance.BLOCKER,
        runbook=Runbook.CHANNEL_FAILED,
        reads=(_ON_TOPICS,),
        look=_topics,
    ),
    Check(
        name="alarm-levels",
        line=Line.RESPONSE_TIMES,
        question="Does each alarm have a level, and notify that level's topic?",
        why="Who does not know how soon to respond responds too late, or always at once until they stop.",
        passes="Each alarm that notifies somebody has a level, and its topic is among those that it notifies.",
        remedy="Deploy again; an alarm that was made by hand gets its level and action there.",
        reads=READS_ALARMS,
        look=_levels,
    ),
)
