"""The function that writes the operator's view: errors, and incidents where somebody is on call."""

from typing import Any, ClassVar

from aws_cdk import Aws, Duration
from constructs import Construct

from lambdas.operator_view.settings import Settings
from lambdas.vocabulary.consoles import bucket_in
from lambdas.vocabulary.incidents import bucket_of_reviews
from lambdas.vocabulary.names import physical_name
from lambdas.vocabulary.reports import Kind, bucket_of_reports
from stacks.platform.arns import arn_of_bucket, arn_of_table
from stacks.platform.function import MonitoringFunction
from stacks.platform.platform import Platform
from stacks.resources.error_store import ErrorStore
from stacks.settings import Environment

MEMORY = 512
TIMEOUT = Duration.seconds(20)


class OperatorView(MonitoringFunction):
    """It reads errors, incidents, or both, and changes nothing: who may invoke it sees them."""

    folder: ClassVar = "operator_view"
    kind: ClassVar[type[Settings]] = Settings

    def __init__(self, scope: Construct, *, platform: Platform, store: ErrorStore | None) -> None:
        """`store` is the error tracker's, where there is one."""
        environment = platform.environment
        reports = bucket_of_reports(environment, Aws.ACCOUNT_ID, environment.region)
        super().__init__(
            scope,
            self.folder,
            settings=self.kind(
                environment=environment.name,
                view_function=physical_name(environment, "operator_view"),
                action_function=physical_name(environment, "operator_action"),
                **(_of_errors(environment, store) if store else {}),
                **_of_incidents(environment),
                reports=reports,
                reports_console=bucket_in(environment.region, reports),
            ),
            platform=platform,
            memory=MEMORY,
            timeout=TIMEOUT,
            watched_elsewhere=True,  # by whoever looks
        )
        if store:
            store.let_look(self)
        self._let_read_reports(reports)
        if environment.on_call:
            # By its name: the stack of incidents may come after this one.
            table = arn_of_table(self, physical_name(environment, "incidents"))
            self.allow(["dynamodb:GetItem", "dynamodb:Query"], [table])

    def _let_read_reports(self, bucket: str) -> None:
        """By their bucket's name: its stack comes after this one."""
        arn = arn_of_bucket(self, bucket)
        self.allow(["s3:ListBucket"], [arn])
        self.allow(["s3:GetObject"], [f"{arn}/{Kind.CHECKLIST}/*"], because="A report's key is its time.")


def _of_errors(environment: Environment, store: ErrorStore) -> dict[str, Any]:
    return {
        "table": store.table.table_name,
        "bucket": store.bucket.bucket_name,
        "projects": environment.errors.all_projects,
    }


def _of_incidents(environment: Environment) -> dict[str, Any]:
    if environment.on_call is None:
        return {}
    bucket = bucket_of_reviews(environment, Aws.ACCOUNT_ID, environment.region)
    return {
        "incidents_table": physical_name(environment, "incidents"),
        "reviews": bucket_in(environment.region, bucket),
        "incident_function": physical_name(environment, "incident"),
        "rota": environment.on_call.rota().to_json(),
        "people": tuple(each.name for each in environment.on_call.persons()),
    }
