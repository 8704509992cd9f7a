"""What the view of the checklist reads from: reports, as they were kept."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from lambdas.shared.clock import Clock, now
from lambdas.shared.reports import Reports
from lambdas.vocabulary.checklist import Report
from lambdas.vocabulary.codec import decode
from lambdas.vocabulary.reports import HTML, JSON, Kind, time_of

HISTORY: Final = timedelta(days=190)
"""So old a report may be that is still shown: more than two quarters."""
PAGES: Final = (Kind.WEEK, Kind.MONTH, Kind.QUARTER, Kind.LOAD_TEST, Kind.DEPENDENCIES, Kind.SELF_TEST)


@dataclass(frozen=True)
class StoredPage:
    """A report that is read in S3's console."""

    kind: Kind
    at: datetime | None
    """None where there is none yet."""
    address: str = ""


@dataclass(frozen=True)
class ReportSources:
    reports: Reports
    console: str = ""
    """Where the bucket is in S3's console, without a key."""
    clock: Clock = now

    @property
    def at(self) -> datetime:
        return self.clock()

    def checklist(self) -> Report | None:
        """The newest one; None before there is one, and for one that newer code wrote in another form."""
        stored = self.reports.newest(Kind.CHECKLIST, self.at, HISTORY)
        try:
            return decode(Report, json.loads(stored.body), ignore_unknown=True) if stored else None
        except ValueError:
            return None

    def pages(self) -> tuple[StoredPage, ...]:
        return tuple(map(self._newest, PAGES))

    def _newest(self, kind: Kind) -> StoredPage:
        folder = self.reports.newest_folder(kind, self.at, HISTORY)
        if folder is None:
            return StoredPage(kind, None)
        name = JSON if kind in (Kind.SELF_TEST, Kind.DEPENDENCIES) else HTML
        return StoredPage(kind, time_of(folder), f"{self.console}{folder}{name}" if self.console else "")
