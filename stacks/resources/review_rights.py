"""What the function of reviews may: for each section what that reads, and nothing else.

What it reads stands in other stacks and is known by its names, so that no stack is kept from changing.
"""

from collections.abc import Callable
from dataclasses import dataclass

from aws_cdk import aws_s3
from constructs import Construct

from lambdas.review.section import Section
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
from lambdas.vocabulary.names import physical_name
from lambdas.vocabulary.reviews import Period
from stacks.platform.arns import arn_of, arn_of_bucket, arn_of_table
from stacks.settings import Environment


@dataclass(frozen=True)
class Right:
    actions: list[str]
    resources: list[str]
    because: str = ""
    """Why the resources are a pattern, where they are one."""


@dataclass(frozen=True)
class Arns:
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


def of_reports(arns: Arns) -> list[Right]:
    """Of all kinds it reads, and only its own it writes."""
    own = [arns.reports.arn_for_objects(f"{period.kind}/*") for period in Period]
    return [
        Right(["s3:ListBucket"], [arns.reports.bucket_arn]),
        Right(["s3:GetObject"], [arns.reports.arn_for_objects("*")], "Which reports there are is found in the bucket."),
        Right(["s3:PutObject"], own, "A report's key has the time at which it was made."),
    ]


def _of_metrics(_arns: Arns) -> list[Right]:
    return [Right(["cloudwatch:GetMetricData"], ["*"], "This action takes no resource, and reads numbers only.")]


def _of_states(arns: Arns) -> list[Right]:
    return [Right(["dynamodb:Query"], [arns.table("endpoint-states")])]


def _of_database_check(arns: Arns) -> list[Right]:
    return [Right(["logs:FilterLogEvents"], [arns.log_of("database_check")], "All streams of this one log group.")]


def _of_backups(arns: Arns) -> list[Right]:
    keys = arns.backups(f"*/{MANIFEST}", f"*/{VERIFICATION}")
    return [*_of_backups_bucket(arns), Right(["s3:GetObject"], keys, "Which backups there are is found in the bucket.")]


def _of_drills(arns: Arns) -> list[Right]:
    keys = arns.backups(f"{DRILLS}/*")
    return [*_of_backups_bucket(arns), Right(["s3:GetObject"], keys, "Which drills there were is found in the bucket.")]


def _of_backups_bucket(arns: Arns) -> list[Right]:
    return [Right(["s3:ListBucket"], arns.backups()), Right(["kms:Decrypt"], [arns.backups_key])]


def _of_instance(arns: Arns) -> list[Right]:
    if arns.settings.instance is None:
        return []
    return [Right(["rds:DescribeDBInstances"], [arn_of(arns.scope, "rds", "db", arns.settings.instance)])]


def _of_disaster_drill(arns: Arns) -> list[Right]:
    return [*_of_drills(arns), *_of_instance(arns)]


def _of_alerts(arns: Arns) -> list[Right]:
    log = Right(["logs:FilterLogEvents"], [arns.log_of("test_alert")], "All streams of this one log group.")
    return [*_of_metrics(arns), log]


def _of_errors(arns: Arns) -> list[Right]:
    if not arns.settings.projects:
        return []
    table = arns.table("errors")
    return [
        Right(["dynamodb:GetItem"], [table]),
        Right(["dynamodb:Query"], [table, f"{table}/index/{BY_LAST_SEEN}"]),
    ]


def _of_incidents(arns: Arns) -> list[Right]:
    if not arns.settings.on_call:
        return []
    return [*_of_metrics(arns), Right(["dynamodb:Query"], [arns.table("incidents")])]


def _of_routes(arns: Arns) -> list[Right]:
    log = arns.log(arns.settings.api_log)
    return [
        *_of_metrics(arns),
        Right(["logs:StartQuery"], [log], "All streams of this one log group."),
        Right(["logs:GetQueryResults"], ["*"], "The action takes no resource; it gives the results of own queries."),
    ]


def _of_utilisation(arns: Arns) -> list[Right]:
    prices = Right(["pricing:GetProducts"], ["*"], "AWS's public price list; the action takes no resource.")
    return [*_of_metrics(arns), *_of_instance(arns), prices]


def _of_alarm_history(_arns: Arns) -> list[Right]:
    because = "CloudWatch shows composite alarms to none whose right is narrower."
    return [Right(["cloudwatch:DescribeAlarms", "cloudwatch:DescribeAlarmHistory"], ["*"], because)]


def _of_alarms(arns: Arns) -> list[Right]:
    return [*_of_metrics(arns), *_of_alarm_history(arns), *_of_incidents(arns)]


def _of_cost(_arns: Arns) -> list[Right]:
    because = "Cost Explorer knows the whole account only; neither action takes a resource."
    return [Right(["ce:GetCostAndUsage", "ce:GetCostForecast"], ["*"], because)]


def _of_access_keys(_arns: Arns) -> list[Right]:
    actions = ["iam:ListUsers", "iam:ListAccessKeys", "iam:GetAccessKeyLastUsed", "iam:GetAccountSummary"]
    return [Right(actions, ["*"], "Of all users of the account; keys themselves cannot be read.")]


def _of_lock_file(arns: Arns) -> list[Right]:
    if arns.settings.lock_file is None:
        return []
    bucket, _, key = arns.settings.lock_file.removeprefix("s3://").partition("/")
    return [Right(["s3:GetObject"], [f"{arn_of_bucket(arns.scope, bucket)}/{key}"])]


def _of_nothing(_arns: Arns) -> list[Right]:
    """Besides the reports, which every section may read."""
    return []


RIGHTS: dict[Section, Callable[[Arns], list[Right]]] = {
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
