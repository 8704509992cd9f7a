"""The function that writes the public status page."""

from collections.abc import Iterator
from datetime import timedelta

from aws_cdk import Duration, Stack, aws_dynamodb, aws_iam

from lambdas.status_page.settings import Settings
from stacks.alarms.functions import alarm_on_errors, alarm_on_silence
from stacks.alarms.spec import AlarmSpec
from stacks.platform.endpoints_layer import endpoints_layer
from stacks.platform.function import MonitoringFunction
from stacks.platform.logo import logo_of
from stacks.platform.platform import Platform
from stacks.platform.schedules import run_every
from stacks.resources.public_site import PublicSite
from stacks.settings import Environment

CHECKS_BEFORE_STALE = 3


class StatusPage(MonitoringFunction):
    """It reads `states`, the table that the probes write, and writes the files of `site`."""

    def __init__(
        self,
        site: PublicSite,
        *,
        platform: Platform,
        states: aws_dynamodb.ITable,
    ) -> None:
        environment, uptime = platform.environment, platform.environment.uptime
        logo = logo_of(uptime.status_page_logo) if uptime.status_page_logo else None
        super().__init__(
            site,
            "status_page",
            settings=Settings(
                environment=environment.name,
                table=states.table_name,
                bucket=site.bucket.bucket_name,
                title=uptime.status_page_title or environment.names.title,
                address=site.url,
                stale_after=timedelta(minutes=CHECKS_BEFORE_STALE * uptime.interval_minutes),
                accent=uptime.status_page_accent,
                accent_dark=uptime.status_page_accent_dark,
            ),
            platform=platform,
            layers=[endpoints_layer(Stack.of(site), environment, logo=logo)],
            memory=512,
            timeout=Duration.seconds(60),
            watched_elsewhere=True,
        )
        self.allow(["dynamodb:Query"], [states.table_arn])
        self.allow(["s3:ListBucket"], [site.bucket.bucket_arn])
        self.allow(
            ["s3:PutObject"],
            [site.bucket.arn_for_objects("*")],
            because="The page's files, and nothing else lies there.",
        )

    def run_on_schedule(self, scheduler: aws_iam.Role) -> None:
        run_every(Stack.of(self), "StatusPage", self.environment.uptime.interval_minutes, self, scheduler)


def status_page_alarms(environment: Environment) -> Iterator[AlarmSpec]:
    """To be made in another stack than the function's."""
    yield alarm_on_errors("status_page", environment)
    yield alarm_on_silence("status_page", environment, environment.uptime.interval_minutes)
