"""Metrics to alarms, each with a level, an owner, a runbook and a stance on missing data, and to their graphs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from aws_cdk import Duration, aws_cloudwatch, aws_cloudwatch_actions, aws_sns, aws_sqs
from constructs import Construct

from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Dimension, Metric
from lambdas.vocabulary.names import physical_name
from lambdas.vocabulary.runbooks import Runbook
from stacks.settings import Environment


class Statistic(StrEnum):
    """CloudWatch's own statistic names."""

    MAXIMUM = "Maximum"
    MINIMUM = "Minimum"
    SUM = "Sum"
    AVERAGE = "Average"


class Missing(StrEnum):
    """What no data means, in CloudWatch's words."""

    BREACHING = "breaching"
    NOT_BREACHING = "notBreaching"
    IGNORE = "ignore"


_MISSING = {
    Missing.BREACHING: aws_cloudwatch.TreatMissingData.BREACHING,
    Missing.NOT_BREACHING: aws_cloudwatch.TreatMissingData.NOT_BREACHING,
    Missing.IGNORE: aws_cloudwatch.TreatMissingData.IGNORE,
}


class Section(StrEnum):
    """The questions that the dashboard answers, in its order."""

    UP = "Is it up?"
    USERS = "Are users fine?"
    DATABASE = "Is the database fine?"
    RECOVERY = "Can we get the data back?"
    SECURITY = "Security events"
    ITSELF = "Does the watching work?"


@dataclass(frozen=True)
class Watched:
    """An alarm as the dashboard shows it: its metric as a graph with the threshold drawn in."""

    alarm: aws_cloudwatch.AlarmBase
    section: Section
    level: Level
    title: str
    metric: aws_cloudwatch.IMetric | None = None
    """None for a composite alarm."""
    threshold: float | None = None
    """None for a band."""

    @property
    def name(self) -> str:
        """Its name at AWS, known at synthesis: what mute rules call it by."""
        resource = self.alarm.node.default_child
        assert isinstance(resource, aws_cloudwatch.CfnAlarm | aws_cloudwatch.CfnCompositeAlarm)  # noqa: S101  (narrows the type)
        return str(resource.alarm_name)


@dataclass(frozen=True)
class Alarms:
    """Makes the alarms of one environment; an alarm and its recovery are sent to the topic of its level."""

    environment: Environment
    topics: Mapping[Level, aws_sns.ITopic]
    dead_letters: aws_sqs.IQueue
    """Where every function's given-up events wait, under one alarm."""
    watched: list[Watched] = field(default_factory=list)
    """All alarms made so far, in the order in which they were made: the dashboard is composed of them."""

    def add(
        self,
        scope: Construct,
        name: str,
        metric: aws_cloudwatch.IMetric,
        *,
        subject: str,
        threshold: float,
        level: Level,
        runbook: Runbook,
        missing: Missing,
        meaning: str,
        first_look: str,
        section: Section,
        breaches: int = 1,
        periods: int | None = None,
        comparison: aws_cloudwatch.ComparisonOperator = aws_cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        delivers: bool = True,
    ) -> aws_cloudwatch.Alarm:
        """Alarm `<service>-<environment>-<subject>-<name>` when `breaches` of the last `periods` (default: all) breach.

        `threshold` is in the metric's unit; `meaning` and `first_look` are what the person who is called reads.
        One that does not deliver tells nobody: it is a part of a composite alarm, which does.
        """
        alarm = aws_cloudwatch.Alarm(
            scope,
            _identifier(name),
            alarm_name=self.name_of(subject, name),
            alarm_description=self._description(level, runbook, meaning, first_look),
            metric=metric,
            threshold=threshold,
            comparison_operator=comparison,
            evaluation_periods=periods or breaches,
            datapoints_to_alarm=breaches,
            treat_missing_data=_MISSING[missing],
        )
        if delivers:
            self._deliver(alarm, level)
        self.watched.append(Watched(alarm, section, level, meaning, metric, threshold))
        return alarm

    def add_anomaly(
        self,
        scope: Construct,
        name: str,
        metric: aws_cloudwatch.IMetric,
        *,
        subject: str,
        deviations: float,
        breaches: int,
        level: Level,
        runbook: Runbook,
        missing: Missing,
        meaning: str,
        first_look: str,
        section: Section,
    ) -> aws_cloudwatch.AnomalyDetectionAlarm:
        """Alarm when `metric` leaves its usual course, up or down, by so many standard deviations.

        CloudWatch learns the course of hours and weekdays by itself; it is paid as three alarms.
        """
        alarm = aws_cloudwatch.AnomalyDetectionAlarm(
            scope,
            _identifier(name),
            alarm_name=self.name_of(subject, name),
            alarm_description=self._description(level, runbook, meaning, first_look),
            metric=metric,
            std_devs=deviations,
            comparison_operator=aws_cloudwatch.ComparisonOperator.LESS_THAN_LOWER_OR_GREATER_THAN_UPPER_THRESHOLD,
            evaluation_periods=breaches,
            datapoints_to_alarm=breaches,
            treat_missing_data=_MISSING[missing],
        )
        self._deliver(alarm, level)
        self.watched.append(Watched(alarm, section, level, meaning, metric))
        return alarm

    def add_composite(
        self,
        scope: Construct,
        name: str,
        parts: Sequence[aws_cloudwatch.IAlarm],
        *,
        subject: str,
        level: Level,
        runbook: Runbook,
        meaning: str,
        first_look: str,
        section: Section,
        suppressor: aws_cloudwatch.IAlarm | None = None,
        wait_period: Duration | None = None,
        extension_period: Duration | None = None,
    ) -> aws_cloudwatch.CompositeAlarm:
        """Alarm when any of `parts` is in alarm; nobody is notified while `suppressor`, its cause, is in alarm.

        The alarm is held back for `wait_period` in which the cause may show, and for `extension_period` after the cause
        is gone, in which the alarm may go too; each is a minute when left out.
        """
        in_alarm = (aws_cloudwatch.AlarmRule.from_alarm(part, aws_cloudwatch.AlarmState.ALARM) for part in parts)
        alarm = aws_cloudwatch.CompositeAlarm(
            scope,
            _identifier(name),
            composite_alarm_name=self.name_of(subject, name),
            alarm_description=self._description(level, runbook, meaning, first_look),
            alarm_rule=aws_cloudwatch.AlarmRule.any_of(*in_alarm),
            actions_suppressor=suppressor,
            actions_suppressor_wait_period=wait_period,
            actions_suppressor_extension_period=extension_period,
        )
        self._deliver(alarm, level)
        self.watched.append(Watched(alarm, section, level, meaning))
        return alarm

    def name_of(self, subject: str, name: str) -> str:
        return physical_name(self.environment, f"{subject}-{name}")

    def _deliver(self, alarm: aws_cloudwatch.AlarmBase, level: Level) -> None:
        action = aws_cloudwatch_actions.SnsAction(self.topics[level])
        alarm.add_alarm_action(action)
        alarm.add_ok_action(action)

    def metric(
        self, metric: Metric, *, period: Duration, statistic: Statistic, **subject: str
    ) -> aws_cloudwatch.Metric:
        """One of the system's own metrics, with the dimensions under which the functions publish it."""
        return aws_cloudwatch.Metric(
            namespace=self.environment.names.namespace,
            metric_name=metric,
            dimensions_map={Dimension.ENVIRONMENT: self.environment.name, **subject},
            period=period,
            statistic=statistic,
        )

    def _description(self, level: Level, runbook: Runbook, meaning: str, first_look: str) -> str:
        page = f"{self.environment.runbook_url}/{runbook}.md"
        return (
            f"Level: {level}\nMeaning: {meaning}\nFirst look: {first_look}\n"
            f"Runbook: {page}\nOwner: {self.environment.owner}"
        )


def _identifier(name: str) -> str:
    return "".join(part.title() for part in f"{name}-alarm".split("-"))
