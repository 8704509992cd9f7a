"""The function that says findings of GuardDuty and acts that weaken the account in plain words, once."""

from collections.abc import Mapping
from datetime import timedelta

from aws_cdk import Duration, Stack, aws_dynamodb, aws_sns
from constructs import Construct

from lambdas.security_finding.settings import EXPIRES_AT, KEY, Settings
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.names import physical_name
from lambdas.vocabulary.runbooks import Runbook
from stacks.platform.function import MonitoringFunction
from stacks.platform.platform import Platform
from stacks.resources.state_tables import passing_table, text
from stacks.settings import Environment

FINDING_QUIET = timedelta(days=1)
CHANGE_QUIET = timedelta(hours=1)


class SecurityFinding(MonitoringFunction):
    """It publishes to `topics`, and keeps in a table of its own what was published lately."""

    def __init__(
        self,
        scope: Construct,
        *,
        platform: Platform,
        topics: Mapping[Level, aws_sns.Topic],
    ) -> None:
        environment = platform.environment
        table = _table(scope, environment)
        super().__init__(
            scope,
            "security_finding",
            settings=Settings(
                environment=environment.name,
                table=table.table_name,
                critical_topic=topics[Level.CRITICAL].topic_arn,
                high_topic=topics[Level.HIGH].topic_arn,
                medium_topic=topics[Level.MEDIUM].topic_arn,
                low_topic=topics[Level.LOW].topic_arn,
                runbook_url=environment.runbook_url,
                owner=environment.owner,
                finding_quiet=FINDING_QUIET,
                change_quiet=CHANGE_QUIET,
            ),
            platform=platform,
            memory=256,
            timeout=Duration.seconds(30),  # shorter than the lease of a claim
            level=Level.CRITICAL,  # what it fails to publish may be the gravest there is
            runbook=Runbook.SECURITY_FINDING,
        )
        self.allow(["dynamodb:UpdateItem", "dynamodb:PutItem", "dynamodb:DeleteItem"], [table.table_arn])
        self.allow(["sns:Publish"], [topic.topic_arn for topic in topics.values()])
        if environment.security.account_changes:
            self._allow_to_read_policies()

    def _allow_to_read_policies(self) -> None:
        policies, groups = (
            Stack.of(self).format_arn(service="iam", region="", resource=kind, resource_name="*")
            for kind in ("policy", "group")
        )
        reason = "Whichever policy or group of the account an act names: what it permits decides how grave the act is."
        self.allow(["iam:GetPolicy", "iam:GetPolicyVersion"], [policies], because=reason)
        in_groups = ["iam:ListAttachedGroupPolicies", "iam:ListGroupPolicies", "iam:GetGroupPolicy"]
        self.allow(in_groups, [groups], because=reason)


def _table(scope: Construct, environment: Environment) -> aws_dynamodb.Table:
    return passing_table(
        scope,
        "PublishedTable",
        physical_name(environment, "security-published"),
        "It forgets everything within a day; what is lost is published once more.",
        partition_key=text(KEY),
        time_to_live_attribute=EXPIRES_AT,
    )
