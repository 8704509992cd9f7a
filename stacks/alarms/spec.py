"""What an alarm is, and the one place that makes it: with a level, an owner, a runbook and a stance on missing data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from aws_cdk import Duration, aws_cloudwatch, aws_cloudwatch_actions, aws_sns, aws_sqs
from constructs import Construct

from lambdas.vocabulary.alarm_description import AlarmDescription
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Dimension, Metric
from lambdas.vocabulary.names import physical_name
from lambdas.vocabulary.runbooks import Runbook
from stacks.settings import Environment

ABOVE = aws_cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD
BELOW = aws_cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD
OUTSIDE = aws_cloudwatch.ComparisonOperator.LESS_THAN_LOWER_OR_GREATER_THAN_UPPER_THRESHOLD


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


@dataclass(frozen=True, kw_only=True)
class _Spec:
    """What every alarm has; its name at AWS is `<service>-<environment>-<subject>-<name>`."""

    subject: str
    name: str
    level: Level
    """Whose topic the alarm and its recovery are sent to."""
    runbook: Runbook
    meaning: str
    first_look: str
    """With `meaning`, what the person who is called reads."""
    section: Section

    @property
    def full_name(self) -> str:
        return f"{self.subject}-{self.name}"


@dataclass(frozen=True, kw_only=True)
class AlarmSpec(_Spec):
    """In alarm when `breaches` of the last `periods` (default: as many) of `metric` are beyond `threshold`."""

    metric: aws_cloudwatch.IMetric
    threshold: float
    """In the metric's unit."""
    missing: Missing
    comparison: aws_cloudwatch.ComparisonOperator = ABOVE
    breaches: int = 1
    periods: int | None = None
    delivers: bool = True
    """False for a part of a composite alarm, which delivers for it."""


@dataclass(frozen=True, kw_only=True)
class AnomalySpec(_Spec):
    """In alarm when `metric` leaves its usual course, up or down, by so many standard deviations.

    CloudWatch learns the course of hours and weekdays by itself; it is paid as three alarms.
    """

    metric: aws_cloudwatch.IMetric
    deviations: float
    breaches: int
    missing: Missing


@dataclass(frozen=True, kw_only=True)
class CompositeSpec(_Spec):
    """In alarm when any of `parts` is; nobody is notified while `suppressor`, its cause, is in alarm.

    Both are full names of alarms that are made before.  The alarm is held back for `wait_period` in which the cause may
    show, and for `extension_period` after the cause is gone, in which the alarm may go too; each is a minute when left
    out.
    """

    parts: tuple[str, ...]
    suppressor: str | None = None
    wait_period: Duration | None = None
    extension_period: Duration | None = None


Spec = AlarmSpec | AnomalySpec | CompositeSpec


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
    _made: dict[str, aws_cloudwatch.AlarmBase] = field(default_factory=dict)
    """The same by their full names, for composite alarms."""

    def make(self, scope: Construct, specs: Iterable[Spec]) -> list[aws_cloudwatch.AlarmBase]:
        """Make an alarm of each row, in their order.

        Raises KeyError for a composite alarm that names one which is not made yet.
        """
        return [self._make(scope, spec) for spec in specs]

    def _make(self, scope: Construct, spec: Spec) -> aws_cloudwatch.AlarmBase:
        alarm = self._construct(scope, spec)
        if not isinstance(spec, AlarmSpec) or spec.delivers:
            action = aws_cloudwatch_actions.SnsAction(self.topics[spec.level])
            alarm.add_alarm_action(action)
            alarm.add_ok_action(action)
        metric = None if isinstance(spec, CompositeSpec) else spec.metric
        threshold = spec.threshold if isinstance(spec, AlarmSpec) else None
        self._made[spec.full_name] = alarm
        self.watched.append(Watched(alarm, spec.section, spec.level, spec.meaning, metric, threshold))
        return alarm

    def _construct(self, scope: Construct, spec: Spec) -> aws_cloudwatch.AlarmBase:
        identifier = "".join(part.title() for part in f"{spec.name}-alarm".split("-"))
        name = physical_name(self.environment, spec.full_name)
        description = self._description(spec)
        match spec:
            case AlarmSpec():
                return aws_cloudwatch.Alarm(
                    scope,
                    identifier,
                    alarm_name=name,
                    alarm_description=description,
                    metric=spec.metric,
                    threshold=spec.threshold,
                    comparison_operator=spec.comparison,
                    evaluation_periods=spec.periods or spec.breaches,
                    datapoints_to_alarm=spec.breaches,
                    treat_missing_data=_MISSING[spec.missing],
                )
            case AnomalySpec():
                return aws_cloudwatch.AnomalyDetectionAlarm(
                    scope,
                    identifier,
                    alarm_name=name,
                    alarm_description=description,
                    metric=spec.metric,
                    std_devs=spec.deviations,
                    comparison_operator=OUTSIDE,
                    evaluation_periods=spec.breaches,
                    datapoints_to_alarm=spec.breaches,
                    treat_missing_data=_MISSING[spec.missing],
                )
            case CompositeSpec():
                in_alarm = (
                    aws_cloudwatch.AlarmRule.from_alarm(self._made[part], aws_cloudwatch.AlarmState.ALARM)
                    for part in spec.parts
                )
                return aws_cloudwatch.CompositeAlarm(
                    scope,
                    identifier,
                    composite_alarm_name=name,
                    alarm_description=description,
                    alarm_rule=aws_cloudwatch.AlarmRule.any_of(*in_alarm),
                    actions_suppressor=self._made[spec.suppressor] if spec.suppressor else None,
                    actions_suppressor_wait_period=spec.wait_period,
                    actions_suppressor_extension_period=spec.extension_period,
                )

    def _description(self, spec: Spec) -> str:
        return AlarmDescription(
            level=spec.level,
            meaning=spec.meaning,
            first_look=spec.first_look,
            runbook=f"{self.environment.runbook_url}/{spec.runbook}.md",
            owner=self.environment.owner,
        ).to_text()


def own_metric(
    environment: Environment,
    metric: Metric,
    *,
    of: Mapping[str, str] | None = None,
    period: Duration,
    statistic: Statistic,
) -> aws_cloudwatch.Metric:
    """One of the system's own metrics, with the dimensions under which the functions publish it: `of` its subject."""
    return aws_cloudwatch.Metric(
        namespace=environment.names.namespace,
        metric_name=metric,
        dimensions_map={Dimension.ENVIRONMENT: environment.name, **(of or {})},
        period=period,
        statistic=statistic,
    )
