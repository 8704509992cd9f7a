"""The function that tests whether alerts arrive, and its schedules."""

from datetime import timedelta
from typing import Any

from aws_cdk import Duration, Stack, aws_dynamodb, aws_iam, aws_scheduler, aws_sns
from constructs import Construct

from lambdas.test_alert.recipients import SUBSCRIPTIONS
from lambdas.test_alert.settings import Settings
from lambdas.vocabulary.incidents import PAGES
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.names import physical_name
from lambdas.vocabulary.notices import SNS
from lambdas.vocabulary.runbooks import Runbook
from stacks.alarms.spec import AlarmSpec, Missing, Section
from stacks.functions.notify import metric_of_failures
from stacks.platform.function import MonitoringFunction
from stacks.platform.platform import Platform
from stacks.platform.schedules import run_at, scheduler_role
from stacks.settings import Environment

DELIVERING = timedelta(seconds=60)  # for the queue, the function's start and a first retry
EVERY_DAY = {"only": SUBSCRIPTIONS}
AT_NINE = "cron(0 9 * * ? *)"  # UTC
EVERY_MONTH = {"level": Level.CRITICAL, "requested_by": "the schedule"}
FIRST_MONDAY = "cron(0 9 ? * 2#1 *)"  # of the month, 09:00 UTC: when somebody is there to see it


class TestAlert(Construct):
    """Asks the channels of `notify`, whose `table` has the deliveries."""

    def __init__(
        self,
        scope: Construct,
        *,
        platform: Platform,
        topics: dict[Level, aws_sns.Topic],
        people: aws_sns.Topic,
        table: aws_dynamodb.ITable,
    ) -> None:
        super().__init__(scope, "TestAlert")
        environment, alerts = platform.environment, platform.environment.alerts
        patience = timedelta(seconds=max(alerts.group_seconds, alerts.group_critical_seconds)) + DELIVERING
        on_call = _of_pages(self, environment)
        self.function = MonitoringFunction(
            self,
            "test_alert",
            settings=Settings(
                environment=environment.name,
                topics=tuple(topic.topic_arn for topic in topics.values()),
                recipients=tuple(alerts.recipients(level).to_json() for level in Level),
                patience=patience,
                table=table.table_name,
                people=people.topic_arn,
                addresses=len(alerts.addresses(*Level)),
                numbers=len(alerts.numbers(*Level)),
                **on_call,
            ),
            platform=platform,
            memory=256,
            timeout=Duration.seconds(round(1.5 * patience.total_seconds())),
            runbook=Runbook.CHANNEL_FAILED,
        )
        topic_arns = [topic.topic_arn for topic in topics.values()]
        counted = [*topic_arns, people.topic_arn, *([on_call["pages"]] if on_call else [])]
        self.function.allow(["sns:Publish"], topic_arns)
        self.function.allow(["sns:ListSubscriptionsByTopic"], counted)
        self.function.allow(["dynamodb:GetItem"], [table.table_arn])
        self._schedule(environment)
        platform.make_alarms(self, [alarm_on_subscribers(environment)])

    def _schedule(self, environment: Environment) -> None:
        role = scheduler_role(self, environment, "test-alert")
        self._run("Monthly", FIRST_MONDAY, EVERY_MONTH, role)
        self._run("Daily", AT_NINE, EVERY_DAY, role, name=f"{self.function.name}-{SUBSCRIPTIONS}")

    def _run(self, identifier: str, when: str, event: dict[str, str], role: aws_iam.Role, *, name: str = "") -> None:
        run_at(
            self,
            identifier,
            aws_scheduler.ScheduleExpression.expression(when),
            self.function,
            role,
            name=name,
            input=aws_scheduler.ScheduleTargetInput.from_object(event),
            retry_attempts=0,
        )


def _of_pages(scope: Construct, environment: Environment) -> dict[str, Any]:
    """The topic by its name: its stack comes after this one."""
    if environment.on_call is None:
        return {}
    people = environment.on_call.person
    return {
        "pages": Stack.of(scope).format_arn(service="sns", resource=physical_name(environment, PAGES)),
        "paged_addresses": sum(person.email is not None for person in people),
        "paged_numbers": sum(bool(person.phone or person.parameter) for person in people),
    }


def alarm_on_subscribers(environment: Environment) -> AlarmSpec:
    return AlarmSpec(
        subject=f"channel-{SNS}",
        name="failed",
        metric=metric_of_failures(environment, SNS),
        threshold=0,
        level=Level.HIGH,
        runbook=Runbook.CHANNEL_FAILED,
        missing=Missing.NOT_BREACHING,
        meaning="E-mails and text messages were not taken, or somebody is not subscribed to them (any more).",
        first_look='"lost" in the log of test_alert: how many; "not delivered" in the log of notify',
        section=Section.ITSELF,
    )
