"""Metrics to alarms: each with a level, an owner, a runbook and a stance on missing data."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import jsii
from aws_cdk import Annotations, Duration, IAspect, aws_cloudwatch, aws_cloudwatch_actions, aws_sns
from constructs import Construct, IConstruct

from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import NAMESPACE, Dimension, Metric
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


@dataclass(frozen=True)
class Alarms:
    """Makes the alarms of one environment; an alarm and its recovery are sent to the topic of its level."""

    environment: Environment
    topics: Mapping[Level, aws_sns.ITopic]

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
        breaches: int = 1,
        periods: int | None = None,
        comparison: aws_cloudwatch.ComparisonOperator = aws_cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    ) -> aws_cloudwatch.Alarm:
        """Alarm `junkos-<environment>-<subject>-<name>` when `breaches` of the last `periods` (default: all) breach.

        `threshold` is in the metric's unit; `meaning` and `first_look` are what the person who is called reads.
        """
        alarm = aws_cloudwatch.Alarm(
            scope,
            "".join(part.title() for part in f"{name}-alarm".split("-")),
            alarm_name=physical_name(self.environment.name, f"{subject}-{name}"),
            alarm_description=self._description(level, runbook, meaning, first_look),
            metric=metric,
            threshold=threshold,
            comparison_operator=comparison,
            evaluation_periods=periods or breaches,
            datapoints_to_alarm=breaches,
            treat_missing_data=_MISSING[missing],
        )
        action = aws_cloudwatch_actions.SnsAction(self.topics[level])
        alarm.add_alarm_action(action)
        alarm.add_ok_action(action)
        return alarm

    def metric(
        self, metric: Metric, *, period: Duration, statistic: Statistic, **subject: str
    ) -> aws_cloudwatch.Metric:
        """One of the system's own metrics, with the dimensions under which the functions publish it."""
        return aws_cloudwatch.Metric(
            namespace=NAMESPACE,
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


@jsii.implements(IAspect)
class CompleteAlarms:
    """Refuses at synth any alarm without level, owner, runbook or a stance on missing data, whoever made it."""

    def visit(self, node: IConstruct) -> None:
        if not isinstance(node, aws_cloudwatch.CfnAlarm):
            return
        description = node.alarm_description or ""
        lacking = [word for word in ("Level", "Runbook", "Owner") if f"{word}: " not in description]
        if not node.treat_missing_data:
            lacking.append("stance on missing data")
        if lacking:
            Annotations.of(node).add_error(
                f"alarm {node.alarm_name or node.node.path} lacks its {', '.join(lacking)} (make it with Alarms.add)"
            )
