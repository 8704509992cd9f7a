"""Attempts to get in, counted from the logs of the API and of PostgreSQL.

All metrics are absent while nothing happens, and absence is no alarm.
"""

from collections.abc import Iterator
from functools import partial

from aws_cdk import Duration, aws_cloudwatch

from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Metric, namespace_of_text_lines
from lambdas.vocabulary.runbooks import Runbook
from stacks.alarms.spec import AlarmSpec, Missing, Section, Statistic, own_metric
from stacks.settings import Environment

MINUTE, FIVE_MINUTES = Duration.minutes(1), Duration.minutes(5)

_row = partial(
    AlarmSpec,
    subject="security",
    runbook=Runbook.FAILED_LOGINS,
    missing=Missing.NOT_BREACHING,
    section=Section.SECURITY,
)


def api_security_alarms(environment: Environment) -> Iterator[AlarmSpec]:
    yield _row(
        name="failed-logins",
        metric=_metric(environment, Metric.FAILED_LOGINS, MINUTE),
        threshold=environment.security.failed_logins_per_minute,
        periods=5,  # one bad minute is enough; five good ones end it
        level=Level.HIGH,
        meaning="Somebody tries many passwords at the API.",
        first_look="the saved queries 'failed logins by address' and 'failed logins by user'",
    )
    yield _row(
        name="suspicious-requests",
        metric=_metric(environment, Metric.SUSPICIOUS_REQUESTS, FIVE_MINUTES),
        threshold=environment.security.suspicious_requests,
        level=Level.MEDIUM,
        meaning="Somebody sends the API what none of its users would.",
        first_look="the lines with event suspicious_request in the API's log: client and reason",
    )
    yield _row(
        name="privilege-change",
        metric=_metric(environment, Metric.PRIVILEGE_CHANGES, FIVE_MINUTES),
        threshold=0,
        level=Level.MEDIUM,
        meaning="Somebody may do more in the application, or less, than before.",
        first_look="the lines with event privilege_change in the API's log: user and change",
    )


def alarm_on_refused_logins(environment: Environment, log_group: str) -> AlarmSpec:
    """PostgreSQL's own count, from its log."""
    return _row(
        name="database-failed-logins",
        metric=aws_cloudwatch.Metric(
            namespace=namespace_of_text_lines(environment.names.namespace, environment.name),
            metric_name=Metric.DATABASE_FAILED_LOGINS,
            period=FIVE_MINUTES,
            statistic=Statistic.SUM,
        ),
        threshold=environment.security.database_failed_logins,
        level=Level.HIGH,
        meaning="PostgreSQL refuses login after login.",
        first_look=f"the lines with FATAL in {log_group}: address and user",
    )


def alarm_on_one_contributor(environment: Environment, field: str, what: str, rule: str) -> AlarmSpec:
    """The most failed logins of any one address or user, as a rule of Contributor Insights counts them."""
    return _row(
        name=f"failed-logins-by-{field}",
        metric=aws_cloudwatch.MathExpression(
            expression=f"INSIGHT_RULE_METRIC('{rule}', 'MaxContributorValue')",
            using_metrics={},
            label=f"failed logins of one {what}",
            period=FIVE_MINUTES,
        ),
        threshold=environment.security.failed_logins_of_one,
        level=Level.HIGH,
        meaning=f"One {what} fails to log in again and again.",
        first_look=f"the rule {rule} of Contributor Insights: which {what}",
    )


def _metric(environment: Environment, metric: Metric, period: Duration) -> aws_cloudwatch.Metric:
    return own_metric(environment, metric, period=period, statistic=Statistic.SUM)
