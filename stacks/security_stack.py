"""GuardDuty and the account's hygiene, and how both reach people."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from aws_cdk import Duration, RemovalPolicy, Stack, aws_dynamodb, aws_events
from constructs import Construct

from lambdas.security_finding.settings import EXPIRES_AT, KEY, Settings
from lambdas.vocabulary.account_changes import CHANGE, EVENT
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.names import bucket_name, physical_name
from lambdas.vocabulary.runbooks import Runbook
from stacks.alerting_stack import AlertingStack
from stacks.functions.default_security_groups import ClosedDefaultGroups
from stacks.functions.guardduty_detector import Detector
from stacks.platform.function import MonitoringFunction
from stacks.platform.layers import Layers
from stacks.platform.nag_suppressions import acknowledge
from stacks.platform.rules import Rules
from stacks.resources.account_changes import patterns
from stacks.settings import Environment

FINDING_QUIET = timedelta(days=1)
CHANGE_QUIET = timedelta(hours=1)


class SecurityStack(Stack):
    """`alerting` has the topics that findings go to, and makes the alarms; `default_groups` are those of our VPCs."""

    def __init__(
        self,
        scope: Construct,
        identifier: str,
        *,
        environment: Environment,
        alerting: AlertingStack,
        default_groups: Sequence[str],
        **stack: Any,
    ) -> None:
        super().__init__(scope, identifier, **stack)
        self.settings = environment
        self.alerting = alerting
        self.layers = Layers(self, environment)
        if environment.security.guardduty:
            Detector(self, environment=environment, alarms=alerting.alarms, layers=self.layers)
        ClosedDefaultGroups(
            self, environment=environment, alarms=alerting.alarms, layers=self.layers, groups=default_groups
        )
        self.rules = Rules(self, environment, self._teller())
        self.rules.add("guardduty-finding", {"source": ["aws.guardduty"], "detail-type": ["GuardDuty Finding"]})
        if environment.security.account_changes:
            self._watch_the_account()

    def _teller(self) -> MonitoringFunction:
        environment, topics = self.settings, self.alerting.topics
        table = self._table()
        teller = MonitoringFunction(
            self,
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
            environment=environment,
            alarms=self.alerting.alarms,
            layers=[self.layers.observability],
            memory=256,
            timeout=Duration.seconds(30),  # shorter than the lease of a claim
            level=Level.CRITICAL,  # what it fails to tell may be the gravest there is
            runbook=Runbook.SECURITY_FINDING,
        )
        teller.allow(["dynamodb:UpdateItem", "dynamodb:PutItem", "dynamodb:DeleteItem"], [table.table_arn])
        teller.allow(["sns:Publish"], [topic.topic_arn for topic in topics.values()])
        if environment.security.account_changes:
            self._allow_to_read_policies(teller)
        return teller

    def _allow_to_read_policies(self, teller: MonitoringFunction) -> None:
        policies, groups = (
            self.format_arn(service="iam", region="", resource=kind, resource_name="*") for kind in ("policy", "group")
        )
        reason = "Whichever policy or group of the account an act names: what it permits decides how grave the act is."
        teller.allow(["iam:GetPolicy", "iam:GetPolicyVersion"], [policies], because=reason)
        in_groups = ["iam:ListAttachedGroupPolicies", "iam:ListGroupPolicies", "iam:GetGroupPolicy"]
        teller.allow(in_groups, [groups], because=reason)

    def _table(self) -> aws_dynamodb.Table:
        table = aws_dynamodb.Table(
            self,
            "Told",
            table_name=physical_name(self.settings, "security-told"),
            partition_key=aws_dynamodb.Attribute(name=KEY, type=aws_dynamodb.AttributeType.STRING),
            time_to_live_attribute=EXPIRES_AT,
            billing_mode=aws_dynamodb.BillingMode.PAY_PER_REQUEST,
            removal_policy=RemovalPolicy.DESTROY,
        )
        acknowledge(table, {"DDB3": "It forgets everything within a day; what is lost is told once more."})
        return table

    def _watch_the_account(self) -> None:
        bucket = bucket_name(self.settings, self.account, self.region)
        for change, all_patterns in patterns(self.settings, bucket).items():
            for number, pattern in enumerate(all_patterns, start=1):
                self.rules.add(
                    f"account-{change}-{number}",
                    pattern,
                    {CHANGE: change, EVENT: aws_events.EventField.from_path("$.detail")},
                )
