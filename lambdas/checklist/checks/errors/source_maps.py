"""Whether stacks of JavaScript are shown by their source."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from lambdas.checklist.check import Check, Outcome, Situation, failed, not_applicable, passed
from lambdas.checklist.errors import (
    READS,
    READS_SAMPLES,
    last_deployed,
    newest_issues,
    newest_sample,
    releases,
    sent_by_clients,
    tracked,
)
from lambdas.shared.error_tracking.grouping import exceptions
from lambdas.vocabulary.checklist import Line, Seen
from lambdas.vocabulary.error_tracking import Event, Issue, Source
from lambdas.vocabulary.runbooks import Runbook

MOST: Final = 5
"""Samples that are read."""
_PLATFORMS: Final = ("javascript", "node")
_BUNDLED_COLUMN: Final = 500
"""No person writes lines of so many characters."""


@tracked
@sent_by_clients
def _mapped(situation: Situation) -> Outcome:
    running = last_deployed(releases(situation))
    release = running[0].version if running else ""
    found = list(_compiled(situation, release))
    of_release = f" of release {release}" if release else ""
    if not found:
        return not_applicable(f"no new error{of_release} is of compiled or bundled JavaScript")
    raw = [issue for issue, event in found if not _is_mapped(event)]
    seen = tuple(Seen(f"issue {issue.id}", "raw" if issue in raw else "by its source") for issue, _ in found)
    if raw:
        return failed(f"issue {raw[0].id}{of_release} shows compiled code: no source map was found for it", *seen)
    return passed(f"{len(found)} of {len(found)} new errors{of_release} are shown by their source", *seen)


def _compiled(situation: Situation, release: str) -> Iterator[tuple[Issue, Event]]:
    """Of the newest issues those whose last error came from code that somebody's tool has written."""
    issues = [each for each in newest_issues(situation) if each.source is Source.SDK]
    of_release = [each for each in issues if not release or each.last_release == release]
    for issue in of_release[:MOST]:
        event = newest_sample(situation, issue)
        if event and event.get("platform") in _PLATFORMS and _is_compiled(event):
            yield issue, event


def _is_compiled(event: Event) -> bool:
    """It names debug ids, which come with maps; or its columns are a bundle's.  Of its form nothing is certain."""
    images = _entries(event.get("debug_meta"), "images")
    return any(image.get("type") == "sourcemap" for image in images) or any(
        isinstance(column, int) and column > _BUNDLED_COLUMN for column in _columns(event)
    )


def _is_mapped(event: Event) -> bool:
    """The frames as they came are kept beside those of the source."""
    return any(value.get("raw_stacktrace") for value in exceptions(event))


def _columns(event: Event) -> Iterator[Any]:
    for value in exceptions(event):
        yield from (frame.get("colno") for frame in _entries(value.get("stacktrace"), "frames"))


def _entries(holder: Any, name: str) -> list[Mapping[str, Any]]:
    held = holder.get(name) if isinstance(holder, dict) else None
    return [each for each in held if isinstance(each, dict)] if isinstance(held, list) else []


SOURCE_MAPS: Final = Check(
    name="source-maps",
    line=Line.SOURCE_MAPS,
    question="Are errors of the running release shown by their source?",
    why="A stack of a bundle says line 1, column 48213, of a file that nobody wrote.",
    passes=f"Of the last {MOST} issues of the running release, every error of compiled JavaScript was mapped.",
    remedy="Upload them in the pipeline: `sentry-cli sourcemaps inject` and `sentry-cli sourcemaps upload`.",
    runbook=Runbook.ERRORS,
    reads=(*READS, *READS_SAMPLES),
    look=_mapped,
)
