"""Attempts to get in, counted from the logs of the API and of PostgreSQL."""

import json

from aws_cdk import Duration, aws_cloudwatch, aws_logs
from constructs import Construct

from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.log_contract import Event, Field
from lambdas.vocabulary.metrics import Metric, namespace_of_text_lines
from lambdas.vocabulary.names import physical_name
from lambdas.vocabulary.runbooks import Runbook
from stacks.alarms.spec import Alarms, Missing, Section, Statistic
from stacks.settings import CreatedDatabase, Environment

MINUTE, FIVE_MINUTES = Duration.minutes(1), Duration.minutes(5)
REFUSED_LOGINS = (
    # As PostgreSQL writes them, with two blanks. A login by IAM is refused by PAM. The second line of such a refusal
    # (DETAIL) has none of these, and a login that succeeds writes no FATAL line.
    "FATAL:  password authentication failed for user",
    "FATAL:  PAM authentication failed for user",
    "FATAL:  no pg_hba.conf entry for host",
)
CONTRIBUTORS = {Field.CLIENT: "address", Field.USER: "user name"}


class SecurityAlarms(Construct):
    """All metrics are absent while nothing happens, and absence is no alarm."""

    def __init__(self, scope: Construct, environment: Environment, alarms: Alarms) -> None:
        super().__init__(scope, "Security")
        self._environment = environment
        self._settings = environment.security
        self._alarms = alarms
        self._alarm_on_the_api()
        if group := database_log_group(environment):
            self._alarm_on_the_database(group)
        if environment.security.contributor_insights:
            for field, what in CONTRIBUTORS.items():
                self._alarm_on_one(field, what)

    def _alarm_on_the_api(self) -> None:
        self._above(
            "failed-logins",
            self._metric(Metric.FAILED_LOGINS, MINUTE),
            self._settings.failed_logins_per_minute,
            Level.HIGH,
            meaning="Somebody tries many passwords at the API.",
            first_look="the saved queries 'failed logins by address' and 'failed logins by user'",
            periods=5,  # one bad minute is enough; five good ones end it
        )
        self._above(
            "suspicious-requests",
            self._metric(Metric.SUSPICIOUS_REQUESTS, FIVE_MINUTES),
            self._settings.suspicious_requests,
            Level.MEDIUM,
            meaning="Somebody sends the API what none of its users would.",
            first_look="the lines with event suspicious_request in the API's log: client and reason",
        )
        self._above(
            "privilege-change",
            self._metric(Metric.PRIVILEGE_CHANGES, FIVE_MINUTES),
            0,
            Level.MEDIUM,
            meaning="Somebody may do more in the application, or less, than before.",
            first_look="the lines with event privilege_change in the API's log: user and change",
        )

    def _alarm_on_the_database(self, group: str) -> None:
        namespace = namespace_of_text_lines(self._environment.names.namespace, self._environment.name)
        metric = Metric.DATABASE_FAILED_LOGINS
        aws_logs.MetricFilter(
            self,
            "RefusedLogins",
            log_group=aws_logs.LogGroup.from_log_group_name(self, "DatabaseLog", group),
            filter_name=physical_name(self._environment, metric),
            filter_pattern=aws_logs.FilterPattern.any_term(*REFUSED_LOGINS),
            metric_namespace=namespace,
            metric_name=metric,
            metric_value="1",
            unit=aws_cloudwatch.Unit.COUNT,
        )
        self._above(
            "database-failed-logins",
            aws_cloudwatch.Metric(
                namespace=namespace, metric_name=metric, period=FIVE_MINUTES, statistic=Statistic.SUM
            ),
            self._settings.database_failed_logins,
            Level.HIGH,
            meaning="PostgreSQL refuses login after login.",
            first_look=f"the lines with FATAL in {group}: address and user",
        )

    def _alarm_on_one(self, field: Field, what: str) -> None:
        """Contributor Insights counts every value without a metric for each."""
        name = physical_name(self._environment, f"failed-logins-by-{field}")
        rule = aws_cloudwatch.CfnInsightRule(
            self,
            f"FailedLoginsBy{field.title()}",
            rule_name=name,
            rule_state="ENABLED",
            rule_body=json.dumps(self._rule(field)),
        )
        metric = aws_cloudwatch.MathExpression(
            expression=f"INSIGHT_RULE_METRIC('{name}', 'MaxContributorValue')",
            using_metrics={},
            label=f"failed logins of one {what}",
            period=FIVE_MINUTES,
        )
        alarm = self._above(
            f"failed-logins-by-{field}",
            metric,
            self._settings.failed_logins_of_one,
            Level.HIGH,
            meaning=f"One {what} fails to log in again and again.",
            first_look=f"the rule {name} of Contributor Insights: which {what}",
        )
        alarm.node.add_dependency(rule)

    def _rule(self, field: Field) -> dict[str, object]:
        only = {Field.EVENT: Event.LOGIN_FAILED, Field.ENVIRONMENT: self._environment.name}
        return {
            "Schema": {"Name": "CloudWatchLogRule", "Version": 1},
            "LogGroupNames": [self._environment.backend_log_group],
            "LogFormat": "JSON",
            "Contribution": {
                "Keys": [field.in_filters],
                "Filters": [{"Match": of.in_filters, "In": [value]} for of, value in only.items()],
            },
            "AggregateOn": "Count",
        }

    def _metric(self, metric: Metric, period: Duration) -> aws_cloudwatch.IMetric:
        return self._alarms.metric(metric, period=period, statistic=Statistic.SUM)

    def _above(
        self,
        name: str,
        metric: aws_cloudwatch.IMetric,
        threshold: float,
        level: Level,
        *,
        meaning: str,
        first_look: str,
        periods: int = 1,
    ) -> aws_cloudwatch.Alarm:
        return self._alarms.add(
            self,
            name,
            metric,
            subject="security",
            threshold=threshold,
            periods=periods,
            level=level,
            runbook=Runbook.FAILED_LOGINS,
            missing=Missing.NOT_BREACHING,
            meaning=meaning,
            first_look=first_look,
            section=Section.SECURITY,
        )


def database_log_group(environment: Environment) -> str | None:
    """A filter needs the group to be there: one that RDS makes by itself comes with its first line."""
    if isinstance(environment.database, CreatedDatabase):
        return f"/aws/rds/instance/{physical_name(environment, 'database')}/postgresql"
    return environment.security.database_log_group
