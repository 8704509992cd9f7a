"""The releases that events name: those that nobody has made are made, so that each has a time."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from lambdas.error_digest.actions import quota_action
from lambdas.error_digest.occurrence import Occurrence
from lambdas.shared.error_tracking import items, release_order
from lambdas.shared.error_tracking.items import Identity, Item
from lambdas.shared.error_tracking.states import Compare
from lambdas.shared.error_tracking.table import ChangedMeanwhileError, ErrorTable
from lambdas.vocabulary.error_tracking import Release

MOST_A_DAY: Final = 200
"""New releases of one project that events alone make: whoever has the key of a project can name any."""
MOST_REMEMBERED: Final = 1000

Known = Mapping[Identity, Item]


@dataclass
class ReleaseRegister:
    table: ErrorTable
    remembered: dict[tuple[str, str], None] = field(default_factory=dict)
    """Those that were made, or were too many."""

    def unknown(self, project: str, versions: Iterable[str]) -> Iterator[Identity]:
        """What has to be read for `register`."""
        for version in versions:
            if version and (project, version) not in self.remembered:
                yield items.release_identity(project, version)

    def register(self, project: str, occurrences: Iterable[Occurrence], known: Known) -> None:
        """Make those that are not known, as old as their first event."""
        first: dict[str, datetime] = {}
        for each in occurrences:
            if each.release and (project, each.release) not in self.remembered:
                first[each.release] = min(each.at, first.get(each.release, each.at))
        for version, at in first.items():
            if items.release_identity(project, version) not in known and self._may_make(project):
                self.table.put_release(Release(project, version, at))
            self._remember(project, version)

    def compare(self, project: str) -> Compare:
        """Reads each release once."""
        read: dict[str, Release | None] = {}

        def release(version: str) -> Release | None:
            if version not in read:
                read[version] = self.table.release(project, version)
            return read[version]

        def compare(one: str, other: str, environment: str) -> int:
            first, second = release(one), release(other)
            if first and second:
                return release_order.compare(first, second, environment)
            return release_order.compare_versions(one, other)

        return compare

    def _may_make(self, project: str) -> bool:
        try:
            self.table.transact([quota_action(project, MOST_A_DAY, self.table.clock(), "releases")])
        except ChangedMeanwhileError:
            return False
        return True

    def _remember(self, project: str, version: str) -> None:
        self.remembered[project, version] = None
        if len(self.remembered) > MOST_REMEMBERED:
            self.remembered.pop(next(iter(self.remembered)))
