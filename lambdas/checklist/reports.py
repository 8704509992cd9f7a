"""The newest report of a kind, which tests, drills and reviews leave behind."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from lambdas.checklist import arns
from lambdas.checklist.check import Reads, Situation
from lambdas.checklist.reader import UnreadableError
from lambdas.shared.reports import Reports, StoredReport
from lambdas.vocabulary.reports import Kind

T = TypeVar("T")


def reads_of(kind: Kind) -> tuple[Reads, ...]:
    return (
        Reads(("s3:ListBucket",), arns.REPORTS),
        Reads(("s3:GetObject",), f"{arns.REPORTS}/{kind}/*", because="Which reports there are is found in the bucket."),
    )


def newest(situation: Situation, kind: Kind, within: timedelta) -> StoredReport | None:
    """The last one of `kind` that was made in `within`; None where there is none.  Raises UnreadableError."""
    bucket = situation.settings.reports
    found: StoredReport | None = situation.account.read(
        "s3",
        f"the newest report {kind} in {within}",
        lambda s3: Reports(s3, bucket).newest(kind, situation.at, within),
        absent=("NoSuchBucket",),
    )
    return found


def read_as(report: StoredReport, from_json: Callable[[bytes], T]) -> T:
    """What the report says.  Raises UnreadableError for one that newer or older code wrote in another way."""
    try:
        return from_json(report.body)
    except ValueError as error:
        raise UnreadableError(f"{report.folder}report.json cannot be read: {error}") from error
