"""Which of two releases is the newer one."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.shared.error_tracking.release_order import compare, compare_versions
from lambdas.vocabulary.error_tracking import Deployment, Release

START, DAY = datetime(2026, 11, 1, tzinfo=UTC), timedelta(days=1)


def release(version, made=0, *deployments):
    """`deployments` are days, or pairs of an environment and a day."""
    pairs = [each if isinstance(each, tuple) else ("prod", each) for each in deployments]
    made_of = tuple(Deployment(environment, START + day * DAY) for environment, day in pairs)
    return Release("api", version, START + made * DAY, deployments=made_of)


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("1.2.3", "1.2.4"),
        ("1.9.0", "1.10.0"),
        ("api@1.9.0", "api@1.10.0"),
        ("1.9.0", "api@1.10.0"),
        ("v1.9.0", "1.10.0"),
        ("1.0.0-beta.2", "1.0.0-beta.10"),
        ("1.0.0-1", "1.0.0-alpha"),
        ("1.0.0-rc.1", "1.0.0"),
        ("2026.47.1", "2026.48"),
    ],
)
def test_semantic_versions(older, newer):
    assert compare_versions(older, newer) < 0 < compare_versions(newer, older)


@pytest.mark.parametrize(
    ("one", "other"),
    [("api@1.0.0", "web@2.0.0"), ("3f2a1b9c", "1.0.0"), ("1.0.0+5", "1.0.0+7"), ("main", "dev"), ("1" * 300, "2.0")],
)
def test_what_is_no_version_is_unknown(one, other):
    assert compare_versions(one, other) == 0


def test_deployments_come_first():
    assert compare(release("2.0.0", 0, 1), release("1.9.9", 0, 2), "prod") < 0


def test_rollback_makes_nothing_newer():
    """The release that was deployed again is as old as it was."""
    assert compare(release("old", 0, 1, 3), release("fix", 0, 2), "prod") < 0


def test_deployments_elsewhere_do_not_count():
    one, other = release("a", 1, ("staging", 5)), release("b", 2, ("staging", 3))
    assert compare(one, other, "prod") < 0
    assert compare(one, other, "staging") > 0


def test_commits_are_ordered_by_time():
    assert compare(release("3f2a1b9c", 1), release("77aa01ff", 2), "prod") < 0


_versions = st.sampled_from(["1.0.0", "1.0.1", "api@1.0.1", "api@1.1.0-rc.1", "2.0", "3f2a1b9c", "main", "web@1.0.0"])
_releases = st.builds(
    lambda version, made, days: release(version, made, *days),
    _versions,
    st.integers(0, 5),
    st.lists(st.tuples(st.sampled_from(["prod", "staging"]), st.integers(0, 5)), max_size=3),
)


@settings(deadline=None)
@given(_releases, _releases, st.sampled_from(["prod", "staging", "", "dev"]))
def test_newer_is_older_when_turned_round(one, other, environment):
    assert compare(one, other, environment) == -compare(other, one, environment)
    assert compare(one, one, environment) == 0


_numbers = st.integers(0, 3)
_semantic = st.builds("{}.{}.{}{}".format, _numbers, _numbers, _numbers, st.sampled_from(["", "-a", "-1", "-a.1"]))


@settings(deadline=None)
@given(_semantic, _semantic, _semantic)
def test_versions_are_in_one_order(one, two, three):
    if compare_versions(one, two) < 0 and compare_versions(two, three) < 0:
        assert compare_versions(one, three) < 0


@settings(deadline=None)
@given(st.lists(st.integers(0, 5), min_size=3, max_size=3))
def test_deployed_releases_are_in_one_order(days):
    one, two, three = (release(f"x{number}", 0, day) for number, day in enumerate(days))
    if compare(one, two, "prod") < 0 and compare(two, three, "prod") < 0:
        assert compare(one, three, "prod") < 0
