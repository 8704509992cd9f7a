"""Whether alerts arrived: what was published and delivered, and how the last test alert ended."""

from datetime import datetime, timedelta
from typing import Any, Final

from lambdas.review.metrics import Points, read_metrics, statistic
from lambdas.review.own_log import Line, newest_line
from lambdas.review.section import Figure, Found, Section, Situation
from lambdas.review.span import DAY
from lambdas.shared.documents.document import Table, Text
from lambdas.shared.quantities import counted, duration, moment, rounded
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Dimension, Metric
from lambdas.vocabulary.reviews import State

TEST_EVERY: Final = timedelta(days=35)
"""The test alert is sent on the first Monday of a month."""
_LOGS_KEPT: Final = timedelta(days=40)
_DELIVERED, _FAILED = "NumberOfNotificationsDelivered", "NumberOfNotificationsFailed"


def _look(situation: Situation) -> Found:
    counts = _counts(situation)
    published = {level: counts[f"published_{level}"] for level in Level}
    failed = counts["failed"] + sum(value for name, value in counts.items() if name.startswith("refused"))
    test = newest_line(
        situation.client("logs"),
        situation.here.log_of("test_alert"),
        "test alert",
        situation.at - _LOGS_KEPT,
        situation.at,
    )
    state = State.ATTENTION if failed or not _is_good(test, situation.at) else State.GOOD
    total = sum(published.values())
    return Found(
        state,
        f"{counted(round(total), 'alert')} published, {rounded(failed)} not delivered; {_said(test, situation.at)}",
        (
            *(
                Figure(f"published_{level}", f"Published at level {level}", number, rounded(number), _SNS)
                for level, number in published.items()
            ),
            Figure("delivered", "Delivered by SNS to people", counts["delivered"], rounded(counts["delivered"]), _SNS),
            Figure("failed", "Not delivered by SNS", counts["failed"], rounded(counts["failed"]), _SNS),
            *(
                Figure(f"refused_{channel}", f"Not taken by {channel}", counts[name], rounded(counts[name]), _OWN)
                for name, channel in _channels(situation).items()
            ),
        ),
        _test_blocks(test),
    )


_SNS: Final = "CloudWatch: AWS/SNS"
_OWN: Final = "CloudWatch: channel_failed"


def _counts(situation: Situation) -> dict[str, float]:
    here, span = situation.here, situation.span
    people = {"TopicName": here.named("people")}

    def of_sns(name: str, topic: dict[str, str]) -> dict[str, Any]:
        return statistic("AWS/SNS", name, topic, "Sum", DAY)

    queries = {
        f"published_{level}": of_sns("NumberOfMessagesPublished", {"TopicName": here.named(f"alerts-{level}")})
        for level in Level
    }
    queries |= {"delivered": of_sns(_DELIVERED, people), "failed": of_sns(_FAILED, people)}
    for name, channel in _channels(situation).items():
        subject: dict[str, str] = {Dimension.ENVIRONMENT: here.name, Dimension.CHANNEL: channel}
        queries[name] = statistic(here.namespace, Metric.CHANNEL_FAILED, subject, "Sum", DAY)
    found = read_metrics(situation.client("cloudwatch"), queries, span.days[0], span.until)
    return {name: _sum(points) for name, points in found.items()}


def _channels(situation: Situation) -> dict[str, str]:
    """By the Id of their query, which has no room for any name."""
    return {f"refused{number}": channel for number, channel in enumerate(situation.settings.channels)}


def _sum(points: Points) -> float:
    return sum(value for _, value in points)


def _is_good(test: tuple[datetime, Line] | None, at: datetime) -> bool:
    return test is not None and bool(test[1].get("good")) and at - test[0] <= TEST_EVERY


def _said(test: tuple[datetime, Line] | None, at: datetime) -> str:
    if test is None:
        return "no test alert in the log"
    verb = "arrived" if test[1].get("good") else "FAILED"
    return f"the test alert {duration(at - test[0])} ago {verb}"


def _test_blocks(test: tuple[datetime, Line] | None) -> tuple[Table | Text, ...]:
    if test is None:
        return (Text("No test alert was sent as far as the log goes back: ops ENVIRONMENT alerts test sends one."),)
    at, line = test
    rows = [
        (str(answer.get("channel")), str(answer.get("outcome")), _seconds(answer.get("seconds")))
        for answer in line.get("answers", ())
    ]
    rows += [(str(each), "handed to SNS", "-") for each in line.get("handed_over", ())]
    rows += [(str(each), "lost", "-") for each in line.get("lost", ())]
    return (
        Text(f"The newest test alert, of {moment(at)} (log of test_alert):"),
        Table(("Channel", "Outcome", "After"), tuple(rows)),
    )


def _seconds(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds:g} s"


ALERTS = Section("alerts", "Alerts delivered", _look)
