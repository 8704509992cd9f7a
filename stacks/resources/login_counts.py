"""Failed logins as the logs have them: those that PostgreSQL refused, and who fails most at the API."""

import json

from aws_cdk import aws_cloudwatch, aws_logs
from constructs import Construct

from lambdas.vocabulary.log_contract import Event, Field
from lambdas.vocabulary.metrics import Metric, namespace_of_text_lines
from lambdas.vocabulary.names import physical_name
from stacks.settings import CreatedDatabase, Environment

REFUSED_LOGINS = (
    # As PostgreSQL writes them, with two blanks. A login by IAM is refused by PAM. The second line of such a refusal
    # (DETAIL) has none of these, and a login that succeeds writes no FATAL line.
    "FATAL:  password authentication failed for user",
    "FATAL:  PAM authentication failed for user",
    "FATAL:  no pg_hba.conf entry for host",
)


def database_log_group(environment: Environment) -> str | None:
    """A filter needs the group to be there: one that RDS makes by itself comes with its first line."""
    if isinstance(environment.database, CreatedDatabase):
        return f"/aws/rds/instance/{physical_name(environment, 'database')}/postgresql"
    return environment.security.database_log_group


def count_refused_logins(scope: Construct, environment: Environment, log_group: str) -> None:
    """Publish `database_failed_logins` of PostgreSQL's log."""
    aws_logs.MetricFilter(
        scope,
        "RefusedLogins",
        log_group=aws_logs.LogGroup.from_log_group_name(scope, "DatabaseLog", log_group),
        filter_name=physical_name(environment, Metric.DATABASE_FAILED_LOGINS),
        filter_pattern=aws_logs.FilterPattern.any_term(*REFUSED_LOGINS),
        metric_namespace=namespace_of_text_lines(environment.names.namespace, environment.name),
        metric_name=Metric.DATABASE_FAILED_LOGINS,
        metric_value="1",
        unit=aws_cloudwatch.Unit.COUNT,
    )


def count_failed_logins_by(scope: Construct, environment: Environment, field: Field) -> aws_cloudwatch.CfnInsightRule:
    """A rule of Contributor Insights, which counts every value without a metric for each."""
    only = {Field.EVENT: Event.LOGIN_FAILED, Field.ENVIRONMENT: environment.name}
    body = {
        "Schema": {"Name": "CloudWatchLogRule", "Version": 1},
        "LogGroupNames": [environment.backend_log_group],
        "LogFormat": "JSON",
        "Contribution": {
            "Keys": [field.in_filters],
            "Filters": [{"Match": of.in_filters, "In": [value]} for of, value in only.items()],
        },
        "AggregateOn": "Count",
    }
    return aws_cloudwatch.CfnInsightRule(
        scope,
        f"FailedLoginsBy{field.title()}",
        rule_name=physical_name(environment, f"failed-logins-by-{field}"),
        rule_state="ENABLED",
        rule_body=json.dumps(body),
    )
