"""Does what somebody asks with an issue, over the very revision that was looked at, or not at all."""

from dataclasses import dataclass
from datetime import datetime

from lambdas.operator_action.wish import Merge, Mute, Reopen, Resolve, Wish
from lambdas.shared.error_tracking import states
from lambdas.shared.error_tracking.table import ChangedMeanwhileError, ErrorTable, TooManyMergedError
from lambdas.shared.quantities import counted, moment
from lambdas.vocabulary.error_tracking import Issue, Release, Resolution, State

_RELEASES_READ = 100


class RefusedActionError(Exception):
    """Nothing was done; one line that says why and what to do."""


@dataclass(frozen=True)
class Actor:
    """Who asks, and when."""

    name: str
    at: datetime


def apply(errors: ErrorTable, environment: str, wish: Wish, actor: Actor) -> str:
    """What was done, in one line.  Raises RefusedActionError."""
    issue = errors.issue(wish.project, wish.id)
    if issue is None:
        raise RefusedActionError(f"there is no issue {wish.id} in {wish.project} (was it merged into another?)")
    if wish.revision not in (None, issue.revision):
        raise _overtaken(issue)
    try:
        return _applied(errors, environment, wish, issue, actor)
    except ChangedMeanwhileError as error:
        raise _overtaken(issue) from error
    except TooManyMergedError as error:
        raise RefusedActionError(f"{error}: it takes no more") from error


def _applied(errors: ErrorTable, environment: str, wish: Wish, issue: Issue, actor: Actor) -> str:
    match wish.change:
        case Merge(others):
            return _merge(errors, issue, others)
        case Resolve() as change:
            changed, said = _resolved(errors, environment, issue, change, actor)
        case Mute() as change:
            changed, said = _muted(issue, change, actor)
        case Reopen():
            changed, said = _reopened(issue, actor)
    errors.change(issue, changed)
    return said


def _resolved(errors: ErrorTable, environment: str, issue: Issue, change: Resolve, actor: Actor) -> tuple[Issue, str]:
    release, said = change.release, f"Resolved in {change.release}"
    if change.kind is Resolution.NOW:
        said = "Resolved: an event from now on is a regression"
    if change.kind is Resolution.IN_NEXT_RELEASE:
        release = _running(errors, environment, issue)
        said = f"Resolved in the release after {release}"
    return states.resolve(issue, change.kind, actor.at, release, actor.name), said


def _running(errors: ErrorTable, environment: str, issue: Issue) -> str:
    """The release that runs in the environment; else the newest one that is known."""
    releases = errors.releases(issue.project, limit=_RELEASES_READ)
    deployed = [(at, each.version) for each in releases if (at := _last_deployment(each, environment))]
    known = max(deployed)[1] if deployed else next((each.version for each in releases), issue.last_release)
    if not known:
        raise RefusedActionError(
            "no release of this project is known, so none is the next one (resolve it now, or record a deployment)"
        )
    return known


def _last_deployment(release: Release, environment: str) -> datetime | None:
    return max((each.at for each in release.deployments if each.environment == environment), default=None)


def _muted(issue: Issue, change: Mute, actor: Actor) -> tuple[Issue, str]:
    until = actor.at + change.lasts if change.lasts else None
    muted = states.mute(issue, actor.at, until, change.events, change.window_minutes, actor.name)
    if until:
        return muted, f"Muted until {moment(until)}"
    within = f" within {change.window_minutes} min" if change.window_minutes else ""
    return muted, f"Muted until {counted(change.events, 'more event')} came{within}" if change.events else "Muted"


def _reopened(issue: Issue, actor: Actor) -> tuple[Issue, str]:
    if issue.state in (State.OPEN, State.REGRESSED):
        raise RefusedActionError("the issue is open already")
    return states.reopen(issue, actor.at), "Reopened"


def _merge(errors: ErrorTable, into: Issue, ids: tuple[str, ...]) -> str:
    """All of them are read before the first one is merged."""
    others = [errors.issue(into.project, each) for each in ids]
    if into.id in ids:
        raise RefusedActionError("an issue cannot be merged into itself")
    if gone := [each for each, other in zip(ids, others, strict=True) if other is None]:
        raise RefusedActionError(f"there is no issue {gone[0]} in {into.project}: nothing was merged")
    errors.merge(into, [other for other in others if other])
    return f"{counted(len(ids), 'issue')} merged into this one"


def _overtaken(issue: Issue) -> RefusedActionError:
    return RefusedActionError(
        f"issue {issue.id} was changed meanwhile and is {issue.state.value} now: look at it and try again"
    )
