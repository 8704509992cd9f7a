"""The one place that makes log groups: what is kept in them, for how long, and who may read it."""

from aws_cdk import RemovalPolicy, aws_logs
from constructs import Construct

from stacks.settings import Environment

# CloudWatch accepts these periods and no others; requirements ask for 30 to 90 days.
_RETENTION = {
    30: aws_logs.RetentionDays.ONE_MONTH,
    60: aws_logs.RetentionDays.TWO_MONTHS,
    90: aws_logs.RetentionDays.THREE_MONTHS,
}


def log_group(scope: Construct, identifier: str, name: str, environment: Environment) -> aws_logs.LogGroup:
    """The log group `name`, kept as long as the environment's settings say."""
    return aws_logs.LogGroup(
        scope,
        identifier,
        log_group_name=name,
        retention=_RETENTION[environment.log_retention_days],
        removal_policy=RemovalPolicy.DESTROY,
    )
