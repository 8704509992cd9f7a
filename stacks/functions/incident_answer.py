"""The function behind the links of messages: shows an incident, and takes what people answer."""

from collections.abc import Iterable

from aws_cdk import Duration, aws_dynamodb, aws_s3
from constructs import Construct

from lambdas.incident_answer.settings import Settings
from lambdas.vocabulary.incidents import REVIEWS
from lambdas.vocabulary.names import physical_name
from lambdas.vocabulary.on_call import Person, Rota
from lambdas.vocabulary.runbooks import Runbook
from stacks.functions.incident import FOLDER
from stacks.platform.arns import arn_of_function
from stacks.platform.function import MonitoringFunction
from stacks.platform.platform import Platform
from stacks.resources.http_front import HttpFront

LINKS = ("/a/{token}", "/r/{token}", "/calendar/{token}")
SLACK, PAGERDUTY = "/slack", "/pagerduty"
PER_MINUTE = 600
"""People, programs that read calendars, and scanners of mail; PagerDuty sends again what is above."""


class IncidentAnswer(MonitoringFunction):
    """It reads incidents and reviews, and writes nothing: the function `incident` decides what an answer does."""

    def __init__(
        self,
        scope: Construct,
        *,
        platform: Platform,
        table: aws_dynamodb.ITable,
        bucket: aws_s3.IBucket,
        rota: Rota,
        people: Iterable[Person],
        slack_parameter: str | None,
        pagerduty_parameter: str | None,
    ) -> None:
        environment = platform.environment
        decider = physical_name(environment, FOLDER)
        super().__init__(
            scope,
            "incident_answer",
            settings=Settings(
                environment=environment.name,
                table=table.table_name,
                bucket=bucket.bucket_name,
                rota=rota.to_json(),
                people=tuple(person.to_json() for person in people),
                incident_function=decider,
                slack_parameter=slack_parameter,
                pagerduty_parameter=pagerduty_parameter,
            ),
            platform=platform,
            layers=[platform.layers.time_zones],
            memory=1024,  # of which the processor's share follows: Slack waits three seconds, a cold start included
            timeout=Duration.seconds(29),  # the front waits no longer
            runbook=Runbook.FUNCTION_FAILED,
        )
        self.parameters = {SLACK: slack_parameter, PAGERDUTY: pagerduty_parameter}
        self.allow(["dynamodb:GetItem", "dynamodb:Query"], [table.table_arn])
        self.allow(
            ["s3:GetObject"],
            [bucket.arn_for_objects(f"{REVIEWS}*")],
            because="Reviews, whose names have the incident's number in them.",
        )
        self.allow(["lambda:InvokeFunction"], [arn_of_function(self, decider)])
        for name in sorted(filter(None, self.parameters.values())):
            self.allow_to_read_parameter(name)

    def open_front(self) -> HttpFront:
        """Where it is reached; of Slack and PagerDuty only what a secret is named for."""
        paths = [*LINKS, *(path for path, parameter in self.parameters.items() if parameter)]
        return HttpFront(
            self,
            self.environment,
            "incidents",
            dict.fromkeys(paths, self),
            per_minute=PER_MINUTE,
            checked_by_function="Links, Slack and PagerDuty sign what they send, which the function checks.",
        )
