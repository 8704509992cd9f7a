"""Which of two releases is the newer one.

By the first deployment to the environment that is asked about, where both were deployed there: a rollback deploys an
old release again, and it is still the old one.  Else by semantic version, with or without `package@`, where both are
versions of one package.  Else by the time at which they were made.

It compares two releases only.  No list can be sorted by it: with three releases the three rules may contradict.
"""

import re
from datetime import datetime
from typing import Final

from lambdas.vocabulary.error_tracking import Release

LONGEST_VERSION: Final = 250
"""Characters of a version that is read as a semantic one."""

_VERSION = re.compile(
    r"(?:(?P<package>[^@\s]{1,200})@)?v?(?P<numbers>\d{1,18}(?:\.\d{1,18}){1,3})"
    r"(?:-(?P<pre>[0-9A-Za-z.-]{1,100}))?(?:\+(?P<build>[0-9A-Za-z.-]{1,100}))?"
)

Precedence = tuple[tuple[int, ...], tuple[int, tuple[tuple[int, int, str], ...]]]


def compare(one: Release, other: Release, environment: str = "") -> int:
    """Negative when `one` is older than `other`, positive when it is newer, 0 when that cannot be said."""
    if one.version == other.version:
        return 0
    deployed, other_deployed = first_deployment(one, environment), first_deployment(other, environment)
    if deployed and other_deployed and deployed != other_deployed:
        return _sign(deployed, other_deployed)
    return compare_versions(one.version, other.version) or _sign(made_at(one), made_at(other))


def compare_versions(one: str, other: str) -> int:
    """By semantic version; 0 where one is none, or they are of different packages, or they differ in nothing else."""
    (package, precedence), (other_package, other_precedence) = _parsed(one), _parsed(other)
    if precedence is None or other_precedence is None:
        return 0
    if package and other_package and package != other_package:
        return 0
    return (precedence > other_precedence) - (precedence < other_precedence)


def first_deployment(release: Release, environment: str) -> datetime | None:
    return min((each.at for each in release.deployments if each.environment == environment), default=None)


def made_at(release: Release) -> datetime:
    return min(release.created_at, release.released_at or release.created_at)


def _parsed(version: str) -> tuple[str, Precedence | None]:
    found = _VERSION.fullmatch(version[: LONGEST_VERSION + 1])
    if not found:
        return "", None
    numbers = tuple(map(int, found["numbers"].split(".")))
    padded = numbers + (0,) * (4 - len(numbers))
    return found["package"] or "", (padded, _pre_release(found["pre"]))


def _pre_release(written: str | None) -> tuple[int, tuple[tuple[int, int, str], ...]]:
    """https://semver.org/#spec-item-11: one with a pre-release is older than the same without."""
    if not written:
        return 1, ()
    parts = ((0, int(part), "") if part.isdecimal() and part.isascii() else (1, 0, part) for part in written.split("."))
    return 0, tuple(parts)


def _sign(one: datetime, other: datetime) -> int:
    return (one > other) - (one < other)
