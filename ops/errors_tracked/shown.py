"""Issues and releases as a terminal shows them: nothing that anybody sent is taken for a command of the terminal."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from lambdas.operator_view.event import Frame, Thrown, occurrence
from lambdas.operator_view.views.issue import Shown
from lambdas.operator_view.words import SOURCES, ago, state_of, version
from lambdas.shared.markup import printable
from lambdas.shared.quantities import moment
from lambdas.shared.texts import cut
from lambdas.vocabulary.codec import encode
from lambdas.vocabulary.error_tracking import Issue, Release, SessionCount

_TITLE = 90
_FRAMES = 12


def line(text: str, length: int = 200) -> str:
    """In one line, without control characters."""
    return cut(" ".join(printable(text).split()), length)


def issue_row(issue: Issue, at: datetime) -> tuple[object, ...]:
    state = f"{issue.state.value} {line(state_of(issue, at), 60)}".rstrip()
    seen, release = ago(issue.last_seen, at), line(version(issue.last_release))
    return issue.id, state, line(issue.title, _TITLE), issue.count, issue.users, seen, release


def issue_fields(shown: Shown, at: datetime) -> Iterator[tuple[str, object]]:
    issue = shown.issue
    yield "issue", issue.id
    yield "title", line(issue.title)
    yield "culprit", line(issue.culprit)
    yield "state", f"{issue.state.value} {line(state_of(issue, at))}".rstrip()
    yield "level", line(issue.level)
    yield "from", SOURCES[issue.source]
    yield "events", f"{issue.count} ({sum(shown.hours)} in the last 24 h)"
    yield "users", issue.users
    yield "first seen", _seen(issue.first_seen, issue.first_release)
    yield "last seen", _seen(issue.last_seen, issue.last_release)
    yield "releases", ", ".join(f"{line(version(name)) or '-'} {number}" for name, number in shown.releases.items())
    for commit in issue.suspects:
        yield "suspect", line(f"{commit.id[:12]} {commit.author}: {commit.message.partition(chr(10))[0]}")


def event_lines(shown: Shown) -> Iterator[str]:
    """The exceptions of the sample, or its message, or why there is none."""
    if shown.event is None:
        yield f"the sample cannot be shown: {shown.unread}" if shown.unread else "no sample of it is kept"
        return
    event = occurrence(shown.event)
    if event.message and not event.thrown:
        yield line(event.message)
    for place, thrown in enumerate(event.thrown):
        yield from _thrown(thrown, "caused by " if place else "")


def _thrown(thrown: Thrown, before: str) -> Iterator[str]:
    yield f"{before}{line(f'{thrown.type}: {thrown.message}')}"
    for frame in thrown.frames[:_FRAMES]:
        yield f"  {'' if frame.in_app else '· '}{line(frame.function)}  {line(frame.place)}"
        yield from _hit(frame)
    if len(thrown.frames) > _FRAMES:
        yield f"  … {len(thrown.frames) - _FRAMES} more frames"


def _hit(frame: Frame) -> Iterator[str]:
    if frame.in_app:
        yield from (f"      > {line(source.text)}" for source in frame.source if source.is_hit)


def release_row(release: Release, environment: str, sessions: SessionCount | None) -> tuple[object, ...]:
    deployed = [each.at for each in release.deployments if each.environment == environment]
    when = moment(max(deployed)) if deployed else "-"
    free = crash_free(sessions)
    healthy = "-" if free is None else f"{free:.2f} %"
    return line(release.version), moment(release.created_at), when, len(release.commits), healthy


def release_document(release: Release, sessions: SessionCount | None) -> dict[str, Any]:
    document: dict[str, Any] = encode(release)
    return {**document, "sessions": encode(sessions), "crash_free_percent": crash_free(sessions)}


def crash_free(sessions: SessionCount | None) -> float | None:
    """Per cent of the sessions; None without one."""
    if not sessions or not sessions.started:
        return None
    return round(100 * (1 - min(sessions.crashed, sessions.started) / sessions.started), 2)


def _seen(at: datetime, release: str) -> str:
    return f"{moment(at)}{f', {line(release)}' if release else ''}"
