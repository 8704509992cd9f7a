"""Sends a test alert and measures how long each channel took; or checks only the subscriptions."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from lambdas.shared.clock import Clock, Deadline, now
from lambdas.shared.notices import publish_notice
from lambdas.shared.observability import logger, publish
from lambdas.test_alert.answers import NO_ANSWER, Answer, Deliveries
from lambdas.test_alert.handed_over import handed_over, missing_chats, missing_on_call, missing_people
from lambdas.test_alert.settings import Settings
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Dimension, Metric
from lambdas.vocabulary.notices import SNS, TEST_ALERT, Change, Notice

ON_CALL = "of those on call, "
NOT_SUBSCRIBED = "not subscribed"
"""The message of the line that says who is lost."""


@dataclass(frozen=True)
class Dependencies:
    """`sns` is a boto3 or botocore client."""

    sns: Any
    deliveries: Deliveries


@dataclass(frozen=True)
class Report:
    level: Level
    answers: Sequence[Answer]
    handed_over: Sequence[str]
    """What SNS delivers by itself, and cannot be measured."""
    lost: Sequence[str]

    @property
    def is_good(self) -> bool:
        return not self.lost and all(answer.is_good for answer in self.answers)

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "good": self.is_good}


def send_test_alert(
    settings: Settings, means: Dependencies, *, level: Level, requested_by: str, clock: Clock = now
) -> Report:
    """Raise a test alert of that level, wait for the channels, and let it recover.

    It recovers so that PagerDuty resolves its incident, and because a channel must deliver recoveries too.
    """
    topic, recipients = settings.topic(level), settings.recipients_of(level)
    raised = _notice(settings.environment, level, requested_by, clock())
    publish_notice(means.sns, topic, raised)
    deadline = Deadline.within(settings.patience.total_seconds())
    answers = means.deliveries.answers(raised, recipients.channels, deadline)
    publish_notice(means.sns, topic, replace(raised, change=Change.RECOVERED, at=clock(), since=raised.at))
    missing = [*missing_people(means.sns, settings), *missing_chats(means.sns, settings, level)]
    lost = [line for one in missing for line in one.lines()]
    lost += [line for one in missing_on_call(means.sns, settings) for line in one.lines(ON_CALL)]
    report = Report(level, answers, handed_over(recipients, missing), lost)
    _publish(settings.environment, report)
    logger.info("test alert", **report.as_dict())
    return report


def check_subscriptions(settings: Settings, sns: Any) -> dict[str, list[str]]:
    """Who is not subscribed any more, by level or of all; sends nothing."""
    missing = {"people": missing_people(sns, settings)}
    missing |= {"on call": missing_on_call(sns, settings)}
    missing |= {level.value: missing_chats(sns, settings, level) for level in Level}
    lost = {where: [line for one in found for line in one.lines()] for where, found in missing.items()}
    lost = {where: lines for where, lines in lost.items() if lines}
    if lost:
        _publish_failed(settings.environment, SNS)
        logger.error(NOT_SUBSCRIBED, lost=lost)
    return lost


def _publish(environment: str, report: Report) -> None:
    """The failures that are not alarmed yet: `notify` has alarmed those that it saw."""
    for answer in report.answers:
        if answer.outcome == NO_ANSWER:
            _publish_failed(environment, answer.channel)
    if report.lost:
        _publish_failed(environment, SNS)


def _publish_failed(environment: str, channel: str) -> None:
    publish({Metric.CHANNEL_FAILED: 1}, environment=environment, **{Dimension.CHANNEL: channel})


def _notice(environment: str, level: Level, requested_by: str, at: datetime) -> Notice:
    return Notice(
        key=f"{TEST_ALERT}{environment}/{at.isoformat()}",
        level=level,
        change=Change.RAISED,
        title="Test alert: nothing is wrong",
        at=at,
        meaning=f"Somebody tests whether alerts arrive ({requested_by}).",
        first_look="nothing to do",
    )
