"""Reports: what checks, tests, drills and reviews found, as it is kept in one bucket.

    <kind>/<time>/report.json     what was found; written first
    <kind>/<time>/report.html     the same for people, where the kind has a page
    <kind>/<time>/report.md       the same for a ticket

The time is UTC, as `2026-11-28T06-00-00Z`: names sort by it.
"""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from lambdas.vocabulary.names import Named, physical_name

JSON: Final = "report.json"
HTML: Final = "report.html"
MARKDOWN: Final = "report.md"
CONTENT_TYPES: Final = {
    JSON: "application/json",
    HTML: "text/html; charset=utf-8",
    MARKDOWN: "text/markdown; charset=utf-8",
}
_TIME: Final = "%Y-%m-%dT%H-%M-%SZ"


class Kind(StrEnum):
    """The first part of a report's key."""

    CHECKLIST = "checklist"
    SELF_TEST = "self-test"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    DEPENDENCIES = "dependencies"
    LOAD_TEST = "load-test"


def bucket_of_reports(environment: Named, account: str, region: str) -> str:
    """Account and region make it unique in the world."""
    return f"{physical_name(environment, 'reports')}-{account}-{region}"


def folder_of(kind: Kind, at: datetime) -> str:
    return f"{kind}/{at.astimezone(UTC).strftime(_TIME)}/"


def time_of(folder: str) -> datetime:
    """When the report in this folder, or under this key, was made.  Raises ValueError for what is no report's."""
    return datetime.strptime(folder.split("/")[1], _TIME).replace(tzinfo=UTC)
