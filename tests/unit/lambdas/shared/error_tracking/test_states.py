"""What people and events do to an issue's state."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.shared.error_tracking.release_order import compare_versions
from lambdas.shared.error_tracking.states import Effect, Seen, mute, reopen, resolve, seen
from lambdas.vocabulary.error_tracking import Issue, Resolution, Source, State

NOW = datetime(2026, 11, 24, 9, 20, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ISSUE = Issue(
    "api", "0a", "E", "", "error", Source.SDK, State.OPEN, NOW - HOUR, NOW - MINUTE, 3, last_release="api@1.1.0"
)


def by_version(one, other, _environment):
    return compare_versions(one, other)


def happens(issue, at=NOW + MINUTE, release="api@1.1.0", muted_events=0):
    return seen(issue, Seen(at, release, "prod"), by_version, muted_events)


def resolved(kind, release=""):
    return resolve(ISSUE, kind, NOW, release, by="ann")


@pytest.mark.parametrize(
    ("issue", "release", "effect"),
    [
        (resolved(Resolution.NOW), "api@1.1.0", Effect.REGRESSED),
        (resolved(Resolution.NOW), "", Effect.REGRESSED),
        # sentry#99093: a release that is older than the fix
        (resolved(Resolution.IN_RELEASE, "api@1.2.0"), "api@1.1.9", Effect.SILENT),
        (resolved(Resolution.IN_RELEASE, "api@1.2.0"), "api@1.2.0-rc.1", Effect.SILENT),
        (resolved(Resolution.IN_RELEASE, "api@1.2.0"), "api@1.2.0", Effect.REGRESSED),
        (resolved(Resolution.IN_RELEASE, "api@1.2.0"), "api@1.10.0", Effect.REGRESSED),
        (resolved(Resolution.IN_RELEASE, "api@1.2.0"), "", Effect.REGRESSED),
        (resolved(Resolution.IN_NEXT_RELEASE), "api@1.1.0", Effect.SILENT),
        (resolved(Resolution.IN_NEXT_RELEASE), "api@1.0.0", Effect.SILENT),
        (resolved(Resolution.IN_NEXT_RELEASE), "api@1.1.1", Effect.REGRESSED),
        # sentry#88976: versions without their package
        (resolved(Resolution.IN_NEXT_RELEASE, "1.1.0"), "1.1.0", Effect.SILENT),
        (resolved(Resolution.IN_NEXT_RELEASE, "1.1.0"), "api@1.1.0", Effect.SILENT),
        (resolved(Resolution.IN_NEXT_RELEASE, "1.9.0"), "1.10.0", Effect.REGRESSED),
        (resolved(Resolution.IN_RELEASE, "1.10.0"), "1.9.0", Effect.SILENT),
    ],
)
def test_event_of_resolved_issue(issue, release, effect):
    changed, did = happens(issue, release=release)
    assert did is effect
    assert changed.state is (State.REGRESSED if effect is Effect.REGRESSED else State.RESOLVED)
    assert changed.regressed_in == (release if effect is Effect.REGRESSED else "")


@pytest.mark.parametrize("kind", Resolution)
def test_event_before_the_resolve_is_silent(kind):
    """sentry#30371: it happened before, and came after."""
    assert happens(resolved(kind), NOW - MINUTE, "api@9.0.0") == (resolved(kind), Effect.SILENT)


def test_regression_is_published_once():
    back, _ = happens(resolved(Resolution.NOW))
    assert happens(back) == (back, Effect.COUNTED)
    assert happens(resolve(back, Resolution.NOW, NOW + HOUR), NOW + 2 * HOUR)[1] is Effect.REGRESSED


def test_resolve_names_last_release():
    assert resolved(Resolution.IN_NEXT_RELEASE).resolved.release == "api@1.1.0"
    assert resolved(Resolution.IN_RELEASE).resolved.release == "api@1.1.0"
    assert resolved(Resolution.IN_RELEASE, "2").resolved.release == "2"
    assert resolved(Resolution.NOW).resolved.release == ""


@pytest.mark.parametrize(
    ("muted", "at", "events", "effect"),
    [
        (mute(ISSUE, NOW), NOW + 9999 * HOUR, 10**6, Effect.SILENT),
        (mute(ISSUE, NOW, until=NOW + HOUR), NOW + HOUR - MINUTE, 1, Effect.SILENT),
        (mute(ISSUE, NOW, until=NOW + HOUR), NOW + HOUR, 1, Effect.MUTE_ENDED),
        # sentry#105212: not below the number
        (mute(ISSUE, NOW, events=100, window_minutes=60), NOW + MINUTE, 99, Effect.SILENT),
        (mute(ISSUE, NOW, events=100, window_minutes=60), NOW + MINUTE, 100, Effect.MUTE_EXCEEDED),
        (mute(ISSUE, NOW, events=2), NOW + MINUTE, 1, Effect.SILENT),
        (mute(ISSUE, NOW, events=2), NOW - MINUTE, 2, Effect.SILENT),
        (mute(ISSUE, NOW, until=NOW + HOUR, events=2), NOW + MINUTE, 2, Effect.MUTE_EXCEEDED),
    ],
)
def test_event_of_muted_issue(muted, at, events, effect):
    changed, did = happens(muted, at, muted_events=events)
    assert did is effect
    assert changed.state is (State.MUTED if effect is Effect.SILENT else State.OPEN)


def test_mute_and_resolve_exclude_each_other():
    assert mute(resolved(Resolution.NOW), NOW).resolved is None
    assert resolve(mute(ISSUE, NOW), Resolution.NOW, NOW).muted is None
    opened = reopen(mute(ISSUE, NOW), NOW)
    assert (opened.state, opened.muted, opened.resolved) == (State.OPEN, None, None)


@pytest.mark.parametrize("wrong", [{"events": -1}, {"window_minutes": 5}, {"events": 1, "window_minutes": -1}])
def test_senseless_mute_is_refused(wrong):
    with pytest.raises(ValueError, match="number of events"):
        mute(ISSUE, NOW, **wrong)


_RELEASES = ("", "1.0.0", "api@1.0.1", "1.1.0", "api@2.0.0-rc.1", "2.0.0", "main")
_moments = st.integers(0, 100).map(lambda minutes: NOW + minutes * MINUTE)
_events = st.tuples(st.just("event"), _moments, st.sampled_from(_RELEASES), st.integers(0, 5))
_acts = st.one_of(
    _events,
    st.tuples(st.just("resolve"), _moments, st.sampled_from(_RELEASES), st.sampled_from(list(Resolution))),
    st.tuples(st.just("mute"), _moments, st.booleans(), st.integers(0, 3)),
    st.tuples(st.just("reopen"), _moments, st.none(), st.none()),
)


def act(issue, what, at, first, second):
    match what:
        case "resolve":
            return resolve(issue, second, at, first), None
        case "mute":
            return mute(issue, at, at + HOUR if first else None, second, 60 if second else 0), None
        case "reopen":
            return reopen(issue, at), None
    return happens(issue, at, first, second)


@settings(deadline=None)
@given(st.lists(_acts, max_size=30))
def test_state_is_always_one(acts):
    """Muted or resolved, never both; and what is said of a state is there."""
    issue = ISSUE
    for each in acts:
        before = issue
        issue, effect = act(issue, *each)
        assert not (issue.muted and issue.resolved)
        assert (issue.state is State.MUTED) == (issue.muted is not None)
        assert issue.resolved or issue.state not in (State.RESOLVED, State.REGRESSED)
        if effect is Effect.REGRESSED:
            assert before.state is State.RESOLVED
            assert each[1] > before.resolved.at
        if effect in (Effect.SILENT, Effect.COUNTED):
            assert issue == before


@settings(deadline=None)
@given(st.lists(_events, max_size=20), st.sampled_from([kind for kind in Resolution if kind is not Resolution.NOW]))
def test_older_releases_never_reopen(events, kind):
    """However many, whenever."""
    issue = resolve(ISSUE, kind, NOW, "1.1.0")
    for _, at, release, _ in events:
        if release and compare_versions(release, "1.1.0") < 0:
            issue, effect = happens(issue, at, release)
            assert effect is Effect.SILENT
    assert issue.state is State.RESOLVED
