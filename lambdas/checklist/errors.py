"""What the error tracker keeps: issues, releases and samples."""

from datetime import timedelta
from typing import Any, Final

from lambdas.checklist import arns
from lambdas.checklist.check import Reads, Situation, only_where
from lambdas.error_test.envelope import new_event
from lambdas.shared.error_tracking import items, samples
from lambdas.shared.error_tracking.grouping import group
from lambdas.shared.error_tracking.table import ErrorTable
from lambdas.vocabulary.error_tracking import (
    BY_LAST_SEEN,
    DEFAULT_PROJECT,
    SAMPLES,
    Deployment,
    Event,
    Issue,
    Release,
    bucket_of_errors,
)

TABLE: Final = "errors"
TEST_AGE: Final = timedelta(days=35)
"""The test is monthly; a few days are left for it to be made again."""
NEWEST: Final = 20
"""Issues, or releases, that are looked at."""

_BUCKET: Final = "arn:{partition}:s3:::{prefix}errors-{account}-{region}"
READS: Final = (
    Reads(("dynamodb:GetItem", "dynamodb:Query"), arns.of_table(TABLE)),
    Reads(("dynamodb:Query",), f"{arns.of_table(TABLE)}/index/{BY_LAST_SEEN}"),
)
READS_SAMPLES: Final = (
    Reads(("s3:ListBucket",), _BUCKET),  # without it S3 answers 403, not 404, for a sample that has expired
    Reads(("s3:GetObject",), f"{_BUCKET}/{SAMPLES}*", because="Which samples there are is found in the table."),
)

tracked = only_where(lambda situation: situation.settings.errors, "errors are not tracked: see the check error-tracker")
sent_by_clients = only_where(
    lambda situation: bool(situation.settings.projects),
    "no client sends errors: they are read from the API's log (errors.projects is empty)",
)


def main_project(situation: Situation) -> str:
    return next(iter(situation.settings.projects), DEFAULT_PROJECT)


def newest_issues(situation: Situation) -> tuple[Issue, ...]:
    """Of all projects, the last seen first; raises UnreadableError, as all here do."""
    projects = situation.settings.projects or (DEFAULT_PROJECT,)
    found = [issue for project in projects for issue in _of_table(situation, f"issues of {project}", _issues(project))]
    return tuple(sorted(found, key=lambda issue: issue.last_seen, reverse=True))


def releases(situation: Situation) -> tuple[Release, ...]:
    """Of the main project, the newest first."""
    project = main_project(situation)
    return tuple(_of_table(situation, "releases", lambda table: table.releases(project, NEWEST)))


def last_deployed(of: tuple[Release, ...]) -> tuple[Release, Deployment] | None:
    """The release that runs, as far as deployments were recorded."""
    deployed = [(release, deployment) for release in of for deployment in release.deployments]
    return max(deployed, key=lambda each: each[1].at, default=None)


def test_issue(situation: Situation) -> Issue | None:
    """The one that all test errors count to."""
    project = main_project(situation)
    issue = items.issue_id(project, group(new_event("", situation.at)).hash)
    found: Issue | None = _of_table(situation, "the test's issue", lambda table: table.issue(project, issue))
    return found


def newest_sample(situation: Situation, issue: Issue) -> Event | None:
    """None where it has none, or it has expired."""
    if not issue.samples:
        return None
    sample, bucket = issue.samples[-1], bucket_of_errors(situation.here, situation.account_number, situation.region)

    def read(s3: Any) -> Event | None:
        try:
            return samples.read(s3, bucket, sample)
        except samples.NoSampleError:
            return None

    found: Event | None = situation.account.read("s3", f"sample {sample.object} {sample.line}", read)
    return found


def _issues(project: str) -> Any:
    return lambda table: table.issues(project, limit=NEWEST)


def _of_table(situation: Situation, what: str, ask: Any) -> Any:
    name = situation.name(TABLE)
    return situation.account.read("dynamodb", f"errors: {what}", lambda dynamodb: ask(ErrorTable(dynamodb, name)))
