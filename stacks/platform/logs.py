"""The one place that makes log groups: what is kept in them, for how long, and who may read it."""

from aws_cdk import RemovalPolicy, Stack, aws_iam, aws_kms, aws_logs
from constructs import Construct

from stacks.platform.kept import KEPT
from stacks.platform.log_protection import protection
from stacks.settings import Environment

LOG_KEY = "LogKey"
# CloudWatch accepts these periods and no others; requirements ask for 30 to 90 days.
_RETENTION = {
    30: aws_logs.RetentionDays.ONE_MONTH,
    60: aws_logs.RetentionDays.TWO_MONTHS,
    90: aws_logs.RetentionDays.THREE_MONTHS,
}


def log_group(scope: Construct, identifier: str, name: str, environment: Environment) -> aws_logs.LogGroup:
    """The log group `name`, kept as long as the environment's settings say; secrets in it are shown to nobody."""
    return aws_logs.LogGroup(
        scope,
        identifier,
        log_group_name=name,
        retention=_RETENTION[environment.log_retention_days],
        data_protection_policy=protection(),
        encryption_key=_key_near(scope) if environment.log_encryption else None,
        removal_policy=RemovalPolicy.DESTROY,
    )


def log_key(stack: Stack) -> aws_kms.Key:
    """The one key of the environment's log groups in a region, which CloudWatch Logs uses for this account's only."""
    key = aws_kms.Key(
        stack,
        LOG_KEY,
        description=f"Logs of {stack.stack_name}'s environment",
        enable_key_rotation=True,
        removal_policy=KEPT,  # what it has encrypted stays readable, and the logs of a database outlive their stack
    )
    groups = stack.format_arn(service="logs", resource="log-group:*")
    key.add_to_resource_policy(
        aws_iam.PolicyStatement(
            principals=[aws_iam.ServicePrincipal(f"logs.{stack.region}.amazonaws.com")],
            actions=["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
            resources=["*"],  # in a key's policy: this key
            conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
        )
    )
    return key


def _key_near(scope: Construct) -> aws_kms.IKey:
    """The key that a stack of this region has made already, or a new one."""
    here = Stack.of(scope)
    near = [one for one in scope.node.root.node.children if isinstance(one, Stack) and one.region == here.region]
    made = [key for stack in near if isinstance(key := stack.node.try_find_child(LOG_KEY), aws_kms.Key)]
    return made[0] if made else log_key(here)
