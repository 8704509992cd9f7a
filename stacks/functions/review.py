"""The function that writes reviews, by schedule and on demand.

What it reads stands in other stacks and is known by its names, so that no stack is kept from changing.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from aws_cdk import Aws, Duration, Stack, aws_iam, aws_s3, aws_scheduler, aws_sns
from constructs import Construct

from lambdas.error_budget.objective import Promise
from lambdas.review.make_review import QUIET
from lambdas.review.section import Section
from lambdas.review.sections import SECTIONS
from lambdas.review.sections.access_keys import ACCESS_KEYS
from lambdas.review.sections.alarms import ALARMS
from lambdas.review.sections.alerts import ALERTS
from lambdas.review.sections.backups import BACKUPS
from lambdas.review.sections.checklist import CHECKLIST
from lambdas.review.sections.cost import COST
from lambdas.review.sections.dependencies import BACKEND_DEPENDENCIES, DEPENDENCIES, OWN_DEPENDENCIES
from lambdas.review.sections.disaster_drill import DISASTER_DRILL
from lambdas.review.sections.error_rate import ERROR_RATE
from lambdas.review.sections.errors import ERRORS
from lambdas.review.sections.incidents import INCIDENTS
from lambdas.review.sections.load_test import LOAD_TEST
from lambdas.review.sections.restore_drill import RESTORE_DRILL
from lambdas.review.sections.routes import ROUTES
from lambdas.review.sections.runbooks import RUNBOOKS
from lambdas.review.sections.slow_statements import SLOW_STATEMENTS
from lambdas.review.sections.traffic import TRAFFIC
from lambdas.review.sections.uptime import UPTIME
from lambdas.review.sections.utilisation import UTILISATION
from lambdas.review.settings import Settings
from lambdas.vocabulary.backups import MANIFEST, VERIFICATION
from lambdas.vocabulary.drills import DRILLS
from lambdas.vocabulary.error_tracking import BY_LAST_SEEN
from lambdas.vocabulary.names import bucket_name, physical_name
from lambdas.vocabulary.notices import SNS
from lambdas.vocabulary.reviews import Period
from lambdas.vocabulary.runbooks import Runbook
from stacks.alarms.api_signals import api_signals
from stacks.functions.error_budget import objectives_of
from stacks.platform.arns import arn_of, arn_of_bucket, arn_of_table
from stacks.platform.endpoints_layer import endpoints_layer
from stacks.platform.function import ROOT, MonitoringFunction
from stacks.platform.platform import Platform
from stacks.platform.schedules import run_at
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


@dataclass(frozen=True)
class Right:
    actions: list[str]
    resources: list[str]
    because: str = ""
    """Why the resources are a pattern, where they are one."""


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
        arns = _Arns(self, environment, settings, reports, backups_key)
        self._allow_all([*_of_reports(arns), Right(["sns:Publish"], [low.topic_arn])])
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


@dataclass(frozen=True)
class _Arns:
    """Of things of the environment, by their names."""

    scope: Construct
    environment: Environment
    settings: Settings
    reports: aws_s3.IBucket
    backups_key: str

    def table(self, thing: str) -> str:
        return arn_of_table(self.scope, physical_name(self.environment, thing))

    def log(self, name: str) -> str:
        return arn_of(self.scope, "logs", "log-group", f"{name}:*")

    def log_of(self, function: str) -> str:
        return self.log(f"/aws/lambda/{physical_name(self.environment, function)}")

    def backups(self, *keys: str) -> list[str]:
        bucket = arn_of_bucket(self.scope, self.settings.backups)
        return [f"{bucket}/{key}" for key in keys] or [bucket]


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


def _of_reports(arns: _Arns) -> list[Right]:
    """Of all kinds it reads, and only its own it writes."""
    own = [arns.reports.arn_for_objects(f"{period.kind}/*") for period in Period]
    return [
        Right(["s3:ListBucket"], [arns.reports.bucket_arn]),
        Right(["s3:GetObject"], [arns.reports.arn_for_objects("*")], "Which reports there are is found in the bucket."),
        Right(["s3:PutObject"], own, "A report's key has the time at which it was made."),
    ]


def _of_metrics(_arns: _Arns) -> list[Right]:
    return [Right(["cloudwatch:GetMetricData"], ["*"], "This action takes no resource, and reads numbers only.")]


def _of_states(arns: _Arns) -> list[Right]:
    return [Right(["dynamodb:Query"], [arns.table("endpoint-states")])]


def _of_database_check(arns: _Arns) -> list[Right]:
    return [Right(["logs:FilterLogEvents"], [arns.log_of("database_check")], "All streams of this one log group.")]


def _of_backups(arns: _Arns) -> list[Right]:
    keys = arns.backups(f"*/{MANIFEST}", f"*/{VERIFICATION}")
    return [*_of_backups_bucket(arns), Right(["s3:GetObject"], keys, "Which backups there are is found in the bucket.")]


def _of_drills(arns: _Arns) -> list[Right]:
    keys = arns.backups(f"{DRILLS}/*")
    return [*_of_backups_bucket(arns), Right(["s3:GetObject"], keys, "Which drills there were is found in the bucket.")]


def _of_backups_bucket(arns: _Arns) -> list[Right]:
    return [Right(["s3:ListBucket"], arns.backups()), Right(["kms:Decrypt"], [arns.backups_key])]


def _of_instance(arns: _Arns) -> list[Right]:
    if arns.settings.instance is None:
        return []
    return [Right(["rds:DescribeDBInstances"], [arn_of(arns.scope, "rds", "db", arns.settings.instance)])]


def _of_disaster_drill(arns: _Arns) -> list[Right]:
    return [*_of_drills(arns), *_of_instance(arns)]


def _of_alerts(arns: _Arns) -> list[Right]:
    log = Right(["logs:FilterLogEvents"], [arns.log_of("test_alert")], "All streams of this one log group.")
    return [*_of_metrics(arns), log]


def _of_errors(arns: _Arns) -> list[Right]:
    if not arns.settings.projects:
        return []
    table = arns.table("errors")
    return [Right(["dynamodb:Query"], [table, f"{table}/index/{BY_LAST_SEEN}"])]


def _of_incidents(arns: _Arns) -> list[Right]:
    if not arns.settings.on_call:
        return []
    return [*_of_metrics(arns), Right(["dynamodb:Query"], [arns.table("incidents")])]


def _of_routes(arns: _Arns) -> list[Right]:
    log = arns.log(arns.settings.api_log)
    return [
        *_of_metrics(arns),
        Right(["logs:StartQuery"], [log], "All streams of this one log group."),
        Right(["logs:GetQueryResults"], ["*"], "The action takes no resource; it gives the results of own queries."),
    ]


def _of_utilisation(arns: _Arns) -> list[Right]:
    prices = Right(["pricing:GetProducts"], ["*"], "AWS's public price list; the action takes no resource.")
    return [*_of_metrics(arns), *_of_instance(arns), prices]


def _of_alarm_history(_arns: _Arns) -> list[Right]:
    because = "CloudWatch shows composite alarms to none whose right is narrower."
    return [Right(["cloudwatch:DescribeAlarms", "cloudwatch:DescribeAlarmHistory"], ["*"], because)]


def _of_alarms(arns: _Arns) -> list[Right]:
    return [*_of_metrics(arns), *_of_alarm_history(arns), *_of_incidents(arns)]


def _of_cost(_arns: _Arns) -> list[Right]:
    because = "Cost Explorer knows the whole account only; neither action takes a resource."
    return [Right(["ce:GetCostAndUsage", "ce:GetCostForecast"], ["*"], because)]


def _of_access_keys(_arns: _Arns) -> list[Right]:
    actions = ["iam:ListUsers", "iam:ListAccessKeys", "iam:GetAccessKeyLastUsed", "iam:GetAccountSummary"]
    return [Right(actions, ["*"], "Of all users of the account; keys themselves cannot be read.")]


def _of_lock_file(arns: _Arns) -> list[Right]:
    if arns.settings.lock_file is None:
        return []
    bucket, _, key = arns.settings.lock_file.removeprefix("s3://").partition("/")
    return [Right(["s3:GetObject"], [f"{arn_of_bucket(arns.scope, bucket)}/{key}"])]


def _of_nothing(_arns: _Arns) -> list[Right]:
    """Besides the reports, which every section may read."""
    return []


RIGHTS: dict[Section, Callable[[_Arns], list[Right]]] = {
    ERROR_RATE: _of_metrics,
    UPTIME: _of_states,
    SLOW_STATEMENTS: _of_database_check,
    BACKUPS: _of_backups,
    ALERTS: _of_alerts,
    ERRORS: _of_errors,
    INCIDENTS: _of_incidents,
    RESTORE_DRILL: _of_drills,
    TRAFFIC: _of_metrics,
    ROUTES: _of_routes,
    UTILISATION: _of_utilisation,
    ALARMS: _of_alarms,
    RUNBOOKS: _of_alarm_history,
    COST: _of_cost,
    DEPENDENCIES: _of_nothing,
    LOAD_TEST: _of_nothing,
    DISASTER_DRILL: _of_disaster_drill,
    ACCESS_KEYS: _of_access_keys,
    CHECKLIST: _of_nothing,
    OWN_DEPENDENCIES: _of_nothing,
    BACKEND_DEPENDENCIES: _of_lock_file,
}
"""What each section may, besides what the function itself may."""
