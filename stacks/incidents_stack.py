"""Incidents: where they are kept, what decides about them, where people answer, and how they are paged."""

from typing import Any

from aws_cdk import CfnOutput, Stack
from constructs import Construct

from lambdas.vocabulary.incidents import ANSWER_URL, PAGES, bucket_of_reviews
from stacks.alarms.spec import Alarms
from stacks.alarms.text_messages import alarm_on_lost_messages
from stacks.functions.incident import IncidentFunction
from stacks.functions.incident_answer import IncidentAnswer
from stacks.functions.incident_evidence import IncidentEvidence
from stacks.platform.platform import Platform
from stacks.platform.schedules import scheduler_role
from stacks.resources.pages_topic import pages_topic
from stacks.resources.private_bucket import private_bucket
from stacks.resources.state_tables import incidents_table
from stacks.settings import Environment
from stacks.settings.on_call import OnCall


class IncidentsStack(Stack):
    """Made only where somebody is on call; `instance` is the database's identifier at RDS, where it is known."""

    def __init__(
        self,
        scope: Construct,
        identifier: str,
        *,
        environment: Environment,
        on_call: OnCall,
        alarms: Alarms,
        instance: str | None,
        **stack: Any,
    ) -> None:
        super().__init__(scope, identifier, **stack)
        platform = Platform.of(self, environment, alarms)
        table = incidents_table(self, environment)
        bucket = private_bucket(
            self,
            bucket_of_reviews(environment, self.account, self.region),
            no_access_log="The functions of incidents and the team alone reach it.",
            versioned=True,  # reviews are edited there
        )
        slack = on_call.slack
        answer = IncidentAnswer(
            self,
            platform=platform,
            table=table,
            bucket=bucket,
            rota=on_call.rota(),
            people=on_call.persons(),
            slack_parameter=slack.signing_secret_parameter if slack else None,
            pagerduty_parameter=on_call.pagerduty_webhook_parameter,
        )
        url = f"{answer.open_front().url}/"
        function = IncidentFunction(
            self,
            platform=platform,
            on_call=on_call,
            table=table,
            bucket=bucket,
            pages=pages_topic(self, environment, on_call),
            topics=dict(alarms.topics),
            answer_url=url,
        )
        IncidentEvidence(self, platform=platform, instance=instance)
        function.run_on_schedule(scheduler_role(self, environment, "incidents"))
        alarms.make(self, [alarm_on_lost_messages(environment, "pages", PAGES)])
        output = CfnOutput(self, ANSWER_URL, value=url, description="Where people answer incidents")
        output.override_logical_id(ANSWER_URL)
