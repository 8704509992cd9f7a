"""How views say times, numbers and states."""

import re
from datetime import UTC, datetime
from typing import Final
from xml.etree.ElementTree import Element

from lambdas.shared.markup import element
from lambdas.shared.quantities import duration, moment
from lambdas.shared.texts import cut
from lambdas.vocabulary.error_tracking import Issue, Muted, Resolution, Resolved, Source, State

_HASH = re.compile(r"[0-9a-f]{16,}")
_THOUSAND, _MILLION = 10_000, 1_000_000
_SHORT: Final = 12


def count(number: int) -> str:
    """`940`, `9,400`, `12.3k`, `4.1M`."""
    if number < _THOUSAND:
        return f"{number:,}"
    return f"{number / 1000:.1f}k" if number < _MILLION else f"{number / _MILLION:.1f}M"


def version(release: str) -> str:
    """Without its package, whose name is mostly the project's; of a hash the first digits."""
    number = release.rpartition("@")[2] or release
    return number[:_SHORT] if _HASH.fullmatch(number) else cut(number, 40)


def ago(then: datetime, at: datetime) -> str:
    """A clock that is a little ahead says `just now`."""
    seconds = (at - then).total_seconds()
    return "just now" if seconds < 1 else f"{duration(at - then)} ago"


def time(then: datetime, at: datetime) -> Element:
    return element("time", ago(then, at), datetime=then.astimezone(UTC).isoformat(), title=moment(then))


SOURCES: Final = {Source.SDK: "SDK", Source.API_LOG: "API log", Source.OWN_LOG: "own log"}


def badge(issue: Issue) -> Element:
    return element("span", issue.state.value, class_=f"badge {issue.state.value}")


def state_of(issue: Issue, at: datetime) -> str:
    """What follows the word of its state: why, until when, by whom; nothing for an open one."""
    if issue.state is State.REGRESSED and issue.regressed_in:
        return f"in {version(issue.regressed_in)}"
    if issue.state is State.RESOLVED and issue.resolved:
        return f"{_resolved(issue.resolved)}{ago(issue.resolved.at, at)}{_by(issue.resolved.by)}"
    if issue.state is State.MUTED and issue.muted:
        return f"{_muted(issue.muted, at)}, {ago(issue.muted.at, at)}{_by(issue.muted.by)}"
    return ""


def _resolved(resolved: Resolved) -> str:
    said = {
        Resolution.NOW: "",
        Resolution.IN_RELEASE: f"in {version(resolved.release)}, ",
        Resolution.IN_NEXT_RELEASE: f"in the release after {version(resolved.release)}, ",
    }
    return said[resolved.kind]


def _muted(muted: Muted, at: datetime) -> str:
    if muted.until:
        return f"for {duration(muted.until - at)} more" if muted.until > at else "until the next event"
    if not muted.events:
        return "for ever"
    within = f" within {muted.window_minutes} min" if muted.window_minutes else ""
    return f"until {count(muted.events)} more events{within}"


def _by(who: str) -> str:
    return f" by {cut(who, 60)}" if who else ""
