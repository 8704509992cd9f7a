"""The function that decides what becomes of incidents and pages people, with its tick and its alarms."""

from datetime import timedelta

from aws_cdk import Duration, aws_dynamodb, aws_iam, aws_s3, aws_sns
from constructs import Construct

from lambdas.incident.chat import ChatTarget
from lambdas.incident.rules import PAGED
from lambdas.incident.settings import Settings
from lambdas.notify.channel import Channel, Store
from lambdas.vocabulary.incidents import REVIEWS
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.names import physical_name
from lambdas.vocabulary.notices import INCIDENTS
from lambdas.vocabulary.runbooks import Runbook
from stacks.alarms.functions import alarm_on_silence
from stacks.platform.arns import arn_of_function
from stacks.platform.function import MonitoringFunction
from stacks.platform.platform import Platform
from stacks.platform.schedules import run_every
from stacks.settings import Environment
from stacks.settings.channels import RenderedChannel
from stacks.settings.on_call import PAGERDUTY, OnCall

FOLDER = "incident"
TIMEOUT = Duration.seconds(30)
MORNING = "08:00"
TICK_MINUTES = 1
SILENT_MINUTES = 5
"""Alarms look at that many minutes at once: a tick that comes late is no silence."""


class IncidentFunction(MonitoringFunction):
    """The one that writes the table: `notify`, the answering front and operators invoke it."""

    def __init__(
        self,
        scope: Construct,
        *,
        platform: Platform,
        on_call: OnCall,
        table: aws_dynamodb.ITable,
        bucket: aws_s3.IBucket,
        pages: aws_sns.ITopic,
        topics: dict[Level, aws_sns.ITopic],
        answer_url: str,
    ) -> None:
        environment = platform.environment
        chat, channels = _chat(environment, on_call), _pagerduty(environment)
        evidence = physical_name(environment, "incident_evidence")
        published = [topics[Level.MEDIUM], topics[Level.LOW]]
        super().__init__(
            scope,
            FOLDER,
            settings=Settings(
                environment=environment.name,
                table=table.table_name,
                bucket=bucket.bucket_name,
                rota=on_call.rota().to_json(),
                people=tuple(person.to_json() for person in on_call.persons()),
                steps=tuple(step.to_json() for step in on_call.steps()) if on_call.escalation.by == "us" else (),
                pages_topic=pages.topic_arn,
                topics=tuple(topic.topic_arn for topic in published),
                answer_url=answer_url,
                evidence_function=evidence,
                chat=chat.to_json() if chat else None,
                pagerduty=tuple(channel.to_json() for channel in channels),
                remind_critical=timedelta(minutes=on_call.remind_minutes.critical),
                remind_high=timedelta(minutes=on_call.remind_minutes.high),
                remind_medium=timedelta(minutes=on_call.remind_minutes.medium),
                confirm=timedelta(minutes=on_call.confirm_minutes),
                link_days=timedelta(days=on_call.link_days),
                morning=on_call.quiet_hours.split("-")[1] if on_call.quiet_hours else MORNING,
                heartbeat_parameter=on_call.heartbeat_parameter,
            ),
            platform=platform,
            layers=[platform.layers.time_zones],
            memory=512,
            timeout=TIMEOUT,
            level=Level.CRITICAL,
            runbook=Runbook.INCIDENTS,
        )
        self.allow(
            ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"],
            [table.table_arn],
        )
        self.allow(["sns:Publish"], [pages.topic_arn, *(topic.topic_arn for topic in published)])
        self.allow(["lambda:InvokeFunction"], [arn_of_function(self, evidence)])
        self.allow(
            ["s3:PutObject", "s3:GetObject"],
            [bucket.arn_for_objects(f"{REVIEWS}*")],
            because="Reviews, whose names have the incident's number in them.",
        )
        self.allow(["s3:ListBucket"], [bucket.bucket_arn])  # without it S3 answers 403, not 404, for what is not there
        parameters = {on_call.heartbeat_parameter}
        kept = {(channel.store, channel.secret) for channel in channels} | (
            {(chat.store, chat.secret)} if chat else set()
        )
        for store, name in sorted(kept):
            if store == Store.PARAMETER:
                parameters.add(name)
            else:
                self.allow_to_read_secret(name)
        for name in sorted(filter(None, parameters)):
            self.allow_to_read_parameter(name)
        silence = alarm_on_silence(
            FOLDER, environment, SILENT_MINUTES, times=2, level=Level.CRITICAL, runbook=Runbook.INCIDENTS
        )
        platform.make_alarms(self, [silence])

    def run_on_schedule(self, scheduler: aws_iam.Role) -> None:
        run_every(self, "Tick", TICK_MINUTES, self, scheduler)


def channel_of_incidents(environment: Environment) -> Channel | None:
    """The channel by which `notify` hands critical and high alerts over, and those of medium to be repeated."""
    if environment.on_call is None:
        return None
    return Channel(INCIDENTS, INCIDENTS, (*PAGED, Level.MEDIUM), url=physical_name(environment, FOLDER))


def _chat(environment: Environment, on_call: OnCall) -> ChatTarget | None:
    slack = on_call.slack
    if slack is None:
        return None
    if slack.token_parameter:
        return ChatTarget(Store.PARAMETER, slack.token_parameter, channel=str(slack.channel_id))
    channel = next(it for it in environment.alerts.rendered if it.name == slack.channel).rendered_for()
    return ChatTarget(channel.store, channel.secret, allow_private=channel.allow_private)


def _pagerduty(environment: Environment) -> list[Channel]:
    channels: list[RenderedChannel] = environment.alerts.rendered
    return [rendered for channel in channels if (rendered := channel.rendered_for()).kind == PAGERDUTY]
