"""The error tracker of one environment: its projects, its table and its bucket."""

from dataclasses import dataclass
from functools import cached_property

from lambdas.error_test.envelope import Dsn
from lambdas.operator_view.sources import ErrorSources, error_sources
from lambdas.shared.error_tracking.table import ErrorTable
from lambdas.vocabulary.error_tracking import DEFAULT_PROJECT, FRONT_URL, OWN_PROJECT, bucket_of_errors
from lambdas.vocabulary.names import physical_name
from ops.account import Account
from ops.errors import OpsError, UsageError
from stacks.settings import ErrorProject


@dataclass(frozen=True)
class Tracker:
    account: Account

    @cached_property
    def table(self) -> str:
        return physical_name(self.account.environment, "errors")

    @cached_property
    def bucket(self) -> str:
        environment = self.account.environment
        return bucket_of_errors(environment, self.account.number(), environment.region)

    @cached_property
    def errors(self) -> ErrorTable:
        return ErrorTable(self.account.client("dynamodb"), self.table)

    @cached_property
    def senders(self) -> tuple[ErrorProject, ...]:
        """Projects with a DSN."""
        return self.account.environment.errors.projects

    @property
    def projects(self) -> tuple[str, ...]:
        """The names of all projects; the first one is meant where none is named."""
        return (*([each.name for each in self.senders] or [DEFAULT_PROJECT]), OWN_PROJECT)

    def project(self, named: str | None) -> str:
        """Raises UsageError."""
        if named and named not in self.projects:
            raise UsageError(f"{named!r} is no project of this environment (there are: {', '.join(self.projects)})")
        return named or self.projects[0]

    def sources(self) -> ErrorSources:
        return error_sources(self.errors, self.account.client("s3"), self.bucket, self.projects)

    def dsns(self, project: str | None) -> list[tuple[str, Dsn]]:
        """By the project's name; raises OpsError where there is none."""
        senders = [each for each in self.senders if project in (None, each.name)]
        if not senders:
            raise OpsError("no project sends errors by a DSN (docs/settings.md, [errors]: add one and deploy)")
        front = self.account.output("errors", FRONT_URL)
        return [(each.name, Dsn(front, each.number, key)) for each in senders for key in each.keys]
