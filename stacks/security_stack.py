"""GuardDuty and the account's hygiene, and how both reach people."""

from collections.abc import Sequence
from typing import Any

from aws_cdk import Stack, aws_events
from constructs import Construct

from lambdas.vocabulary.account_changes import CHANGE, EVENT, FINDING_RULE, rule_of
from lambdas.vocabulary.names import bucket_name
from stacks.alerting_stack import AlertingStack
from stacks.functions.default_security_groups import ClosedDefaultGroups
from stacks.functions.guardduty_detector import Detector
from stacks.functions.security_finding import SecurityFinding
from stacks.platform.platform import Platform
from stacks.platform.rules import Rules
from stacks.resources.account_changes import patterns
from stacks.settings import Environment


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
        platform = Platform.of(self, environment, alerting.alarms)
        if environment.security.guardduty:
            Detector(self, platform=platform)
        ClosedDefaultGroups(self, platform=platform, groups=default_groups)
        finding = SecurityFinding(self, platform=platform, topics=alerting.topics)
        rules = Rules(self, environment, finding)
        rules.add(FINDING_RULE, {"source": ["aws.guardduty"], "detail-type": ["GuardDuty Finding"]})
        if environment.security.account_changes:
            self._watch_the_account(environment, rules)

    def _watch_the_account(self, environment: Environment, rules: Rules) -> None:
        bucket = bucket_name(environment, self.account, self.region)
        for change, all_patterns in patterns(environment, bucket).items():
            for number, pattern in enumerate(all_patterns, start=1):
                rules.add(
                    rule_of(change, number),
                    pattern,
                    {CHANGE: change, EVENT: aws_events.EventField.from_path("$.detail")},
                )
