"""What is published of issues, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from lambdas.error_digest.occurrence import Occurrence
from lambdas.error_digest.outbox import Kind
from lambdas.error_digest.settings import Settings
from lambdas.shared.quantities import counted
from lambdas.vocabulary.error_tracking import Issue, Resolution, Resolved
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import Change, Notice
from lambdas.vocabulary.runbooks import Runbook

MOST_LISTED: Final = 10
LONGEST_LISTED: Final = 120


@dataclass(frozen=True)
class NoticeWriter:
    settings: Settings

    def new(self, issue: Issue) -> Notice:
        return self._about(
            issue,
            Kind.NEW,
            issue.first_seen,
            title=f"New error in {issue.project}: {issue.title}",
            measured=_joined(_where(issue), _first_in(issue), _often(issue)),
            meaning="This kind of error was never seen before.",
        )

    def regressed(self, issue: Issue, cause: Occurrence) -> Notice:
        came_back = f"came back in release {cause.release}" if cause.release else "came back"
        return self._about(
            issue,
            Kind.REGRESSED,
            cause.at,
            title=f"Error came back in {issue.project}: {issue.title}",
            measured=_joined(f"{came_back}; {_resolved(issue.resolved)}", _where(issue), _often(issue)),
            meaning="It was marked as resolved, and the fix does not hold.",
        )

    def mute_exceeded(self, before: Issue, issue: Issue, cause: Occurrence) -> Notice:
        most = before.muted.events if before.muted else 0
        minutes = before.muted.window_minutes if before.muted else 0
        within = f" within {counted(minutes, 'minute')}" if minutes else ""
        return self._about(
            issue,
            Kind.MUTE_EXCEEDED,
            cause.at,
            title=f"Muted error exceeded {most} events in {issue.project}: {issue.title}",
            measured=_joined(
                f"it came {counted(most, 'time')}{within} since it was muted", _where(issue), _often(issue)
            ),
            meaning="It was muted until it comes so often. From now on it is open.",
        )

    def overflow(self, issue: Issue, at: datetime) -> Notice:
        return self._about(
            issue,
            Kind.OVERFLOW,
            at,
            title=f"More than {self.settings.new_issues_per_day} new kinds of errors in {issue.project} in one day",
            measured="all further kinds of this day are counted as one issue",
            meaning="Something makes every error a new kind: an id in a path, or somebody who makes errors up.",
        )

    def storm(self, project: str, kind: Kind, titles: Sequence[str], first: Notice, at: datetime) -> Notice:
        """One for many; `first` is the first of those that are published with it and by no notice of their own."""
        what = f"{len(titles)} new kinds of errors" if kind is Kind.NEW else f"{len(titles)} resolved errors came back"
        listed = "; ".join(map(_short, titles[:MOST_LISTED]))
        more = f"; and {len(titles) - MOST_LISTED} more" if len(titles) > MOST_LISTED else ""
        return Notice(
            key=f"{first.key}:storm",
            level=Level.MEDIUM,
            change=Change.HAPPENED,
            title=f"{what} in {project} within ten minutes",
            at=at,
            measured=f"{listed}{more}",
            meaning=(
                "So many at once mostly have one cause: a release, a database, a service that is down."
                " What else comes in these ten minutes follows as one list."
            ),
            first_look=f"ops {self.settings.environment} errors list",
            runbook=f"{self.settings.runbook_url}/{Runbook.ERRORS}.md",
            owner=self.settings.owner,
            since=first.at,
        )

    def _about(self, issue: Issue, kind: Kind, at: datetime, *, title: str, measured: str, meaning: str) -> Notice:
        return Notice(
            key=f"errors:{issue.project}:{issue.id}:{kind}:{issue.revision}",
            level=Level.MEDIUM,
            change=Change.HAPPENED,
            title=title,
            at=at,
            measured=measured,
            meaning=meaning,
            first_look=f"ops {self.settings.environment} errors show {issue.id}",
            runbook=f"{self.settings.runbook_url}/{Runbook.ERRORS}.md",
            owner=self.settings.owner,
            since=issue.first_seen,
        )


def _resolved(resolved: Resolved | None) -> str:
    if not resolved:
        return "it was resolved"
    if not resolved.release:
        return f"was resolved on {resolved.at:%d %b %Y, %H:%M} UTC"
    after = "after release" if resolved.kind is Resolution.IN_NEXT_RELEASE else "in release"
    return f"was resolved {after} {resolved.release}"


def _where(issue: Issue) -> str:
    return f"in {issue.culprit}" if issue.culprit else ""


def _first_in(issue: Issue) -> str:
    return f"release {issue.first_release}" if issue.first_release else ""


def _often(issue: Issue) -> str:
    return f"seen {counted(issue.count, 'time')}"


def _joined(*parts: str) -> str:
    return ", ".join(filter(None, parts))


def _short(title: str) -> str:
    bare = title.partition(": ")[2] or title
    return bare if len(bare) <= LONGEST_LISTED else f"{bare[: LONGEST_LISTED - 1]}…"
