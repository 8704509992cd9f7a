"""The function that writes reviews, by schedule and on demand.

What it reads stands in other stacks and is known by its names, so that no stack is kept from changing.
"""

import hashlib
from datetime import timedelta

from aws_cdk import Aws, Duration, Stack, aws_iam, aws_s3, aws_scheduler, aws_sns
from constructs import Construct

from lambdas.error_budget.objective import Promise
from lambdas.review.make_review import QUIET
from lambdas.review.sections import SECTIONS
from lambdas.review.settings import Settings
from lambdas.vocabulary.names import bucket_name
from lambdas.vocabulary.notices import SNS
from lambdas.vocabulary.reviews import Period
from lambdas.vocabulary.runbooks import Runbook
from stacks.alarms.api_signals import api_signals
from stacks.functions.error_budget import objectives_of
from stacks.platform.endpoints_layer import endpoints_layer
from stacks.platform.function import ROOT, MonitoringFunction
from stacks.platform.platform import Platform
from stacks.platform.schedules import run_at
from stacks.resources.review_rights import RIGHTS, Arns, Right, of_reports
from stacks.settings import Environment

MEMORY = 1024
"""For the processor that comes with it: thirty days of a hundred alarms' points are read and computed."""
TIMEOUT = Duration.minutes(5)
SCHEDULES = {
    Period.WEEK: "cron(0 6 ? * MON *)",
    Period.MONTH: "cron(10 6 1 * ? *)",
    Period.DEPENDENCIES: "cron(15 6 1 1,4,7,10 ? *)",  # before the quarter's review, which reads its report
    Period.QUARTER: "cron(20 6 1 1,4,7,10 ? *)",
}
"""UTC, after the night's backup, its proof and the checklist."""
RUNBOOKS_FOLDER = ROOT / "docs/runbooks"
_DIGITS = 8
"""Of a page's digest: enough to see that it changed."""


class Review(MonitoringFunction):
    """It reads records of this system and of the account, and writes nothing but its reports.

    It has no alarm of its own: what fails ends in the dead letters, which are alarmed, and the checklist looks for the
    newest review.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        platform: Platform,
        reports: aws_s3.IBucket,
        backups_key: str,
        low: aws_sns.ITopic,
        instance: str | None,
    ) -> None:
        """`backups_key` is the ARN of the key that backups are encrypted with; their bucket is known by its name."""
        environment = platform.environment
        settings = _settings(scope, environment, reports, low, instance)
        super().__init__(
            scope,
            "review",
            settings=settings,
            platform=platform,
            layers=[endpoints_layer(Construct(scope, "ReviewEndpoints"), environment)],
            memory=MEMORY,
            timeout=TIMEOUT,
            watched_elsewhere=True,
        )
        arns = Arns(self, environment, settings, reports, backups_key)
        self._allow_all([*of_reports(arns), Right(["sns:Publish"], [low.topic_arn])])
        sections = dict.fromkeys(section for of in SECTIONS.values() for section in of)
        for section in sections:
            self._allow_all(RIGHTS[section](arns))

    def run_on_schedule(self, scheduler: aws_iam.Role) -> None:
        for period, when in SCHEDULES.items():
            event = {"period": period, "slot": aws_scheduler.ContextAttribute.scheduled_time}
            run_at(
                self,
                period.title(),
                aws_scheduler.ScheduleExpression.expression(when),
                self,
                scheduler,
                name=f"{self.name}-{period}",
                # The quarter's review says what the audit found: one mail is enough.
                input=aws_scheduler.ScheduleTargetInput.from_object(
                    event | ({QUIET: True} if period is Period.DEPENDENCIES else {})
                ),
                retry_attempts=0,
            )

    def _allow_all(self, rights: list[Right]) -> None:
        for right in rights:
            self.allow(right.actions, right.resources, because=right.because)


def _settings(
    scope: Construct, environment: Environment, reports: aws_s3.IBucket, low: aws_sns.ITopic, instance: str | None
) -> Settings:
    promised = objectives_of(environment, api_signals(environment))
    errors = environment.errors
    return Settings(
        environment=environment.name,
        region=Stack.of(scope).region,
        owner=environment.owner,
        reports=reports.bucket_name,
        topic=low.topic_arn,
        backups=bucket_name(environment, Aws.ACCOUNT_ID, Aws.REGION),
        database=environment.database.name,
        promises=tuple(
            one.to_json() for one in promised if one.promise is Promise.AVAILABILITY and one.seen_by == "api"
        ),
        channels=(SNS, *(channel.name for channel in environment.alerts.rendered)),
        database_check_interval=timedelta(minutes=environment.database_check.interval_minutes),
        projects=errors.all_projects if errors.enabled else (),
        on_call=environment.on_call is not None,
        api_log=environment.backend_log_group,
        runbooks=tuple(f"{page}={_digest(page)}" for page in Runbook),
        instance=instance,
        lock_file=environment.reviews.lock_file,
    )


def _digest(page: Runbook) -> str:
    return hashlib.sha256((RUNBOOKS_FOLDER / f"{page}.md").read_bytes()).hexdigest()[:_DIGITS]
