"""The public status page, apart from the probes: an account that may not have a distribution yet still has those."""

from typing import Any

from aws_cdk import CfnOutput, Stack, aws_dynamodb
from constructs import Construct

from stacks.alarms.spec import Alarms
from stacks.functions.status_page import StatusPage
from stacks.platform.platform import Platform
from stacks.platform.schedules import scheduler_role
from stacks.resources.public_site import PublicSite
from stacks.settings import Environment


class StatusPageStack(Stack):
    """Comes last of all, so that its failure stops no other; `states` is the table that the probes write.

    AWS refuses distributions to an account that it has not verified.
    """

    def __init__(
        self,
        scope: Construct,
        identifier: str,
        *,
        environment: Environment,
        states: aws_dynamodb.ITable,
        alarms: Alarms,
        **stack: Any,
    ) -> None:
        super().__init__(scope, identifier, **stack)
        site = PublicSite(self, "StatusPage", environment=environment)
        page = StatusPage(site, platform=Platform.of(self, environment, alarms), states=states)
        page.run_on_schedule(scheduler_role(self, environment, "status-page"))
        CfnOutput(self, "StatusPageUrl", value=site.url, description="Where the public finds the status page")
