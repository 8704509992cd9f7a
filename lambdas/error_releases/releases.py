"""Releases: created, given their commits, finalized, listed."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import Any

from lambdas.error_releases import fields
from lambdas.error_releases.call import Call
from lambdas.error_releases.commits import commits_of
from lambdas.error_releases.http import RefusedError, answer
from lambdas.shared.error_tracking.versions import version_of
from lambdas.vocabulary.error_tracking import Release

_LISTED = 100


def create(call: Call, _: Mapping[str, str]) -> dict[str, Any]:
    """A release that exists is changed, as at Sentry."""
    document = call.document()
    version = version_of(document.get("version"))
    known = call.to.table.release(call.project, version)
    release = known or Release(project=call.project, version=version, created_at=call.to.clock())
    changed = _changed(release, document)
    if changed != known:
        call.to.table.put_release(changed)
    return answer(_as_sentry_does(changed), HTTPStatus.ALREADY_REPORTED if known else HTTPStatus.CREATED)


def change(call: Call, named: Mapping[str, str]) -> dict[str, Any]:
    release = known_release(call, named)
    changed = _changed(release, call.document())
    if changed != release:
        call.to.table.put_release(changed)
    return answer(_as_sentry_does(changed))


def show(call: Call, named: Mapping[str, str]) -> dict[str, Any]:
    return answer(_as_sentry_does(known_release(call, named)))


def list_all(call: Call, _: Mapping[str, str]) -> dict[str, Any]:
    return answer([_as_sentry_does(release) for release in call.to.table.releases(call.project, _LISTED)])


def previous_with_commits(call: Call, named: Mapping[str, str]) -> dict[str, Any]:
    """The release before this one whose commits are known: sentry-cli sends those since its newest."""
    version = version_of(named["version"])
    release = call.to.table.release(call.project, version)
    until = release.created_at if release else call.to.clock()
    earlier = (
        other
        for other in call.to.table.releases(call.project, _LISTED)
        if other.version != version and other.commits and other.created_at <= until
    )
    previous = max(earlier, key=lambda other: other.created_at, default=None)
    return answer(_as_sentry_does(previous) if previous else {})


def known_release(call: Call, named: Mapping[str, str]) -> Release:
    """Raises RefusedError."""
    version = version_of(named["version"])
    release = call.to.table.release(call.project, version)
    if release is None:
        raise RefusedError(HTTPStatus.NOT_FOUND, f"release {version!r} is not known (create it: releases new)")
    return release


def _changed(release: Release, document: Mapping[str, Any]) -> Release:
    if document.get("status") not in (None, "open"):
        raise RefusedError(HTTPStatus.BAD_REQUEST, "status: releases cannot be archived here, they expire")
    if document.get("refs"):
        raise RefusedError(HTTPStatus.BAD_REQUEST, "refs: there is no repository here (use set-commits --local)")
    commits = release.commits if document.get("commits") is None else commits_of(document)
    released_at = fields.moment(document, "dateReleased") or release.released_at
    return replace(release, commits=commits, released_at=released_at)


def _as_sentry_does(release: Release) -> dict[str, Any]:
    return {
        "version": release.version,
        "shortVersion": release.version,
        "status": "open",
        "dateCreated": _written(release.created_at),
        "dateReleased": _written(release.released_at),
        "newGroups": 0,
        "url": None,
        "lastEvent": None,
        "projects": [{"slug": release.project, "name": release.project}],
        "commitCount": len(release.commits),
        "deployCount": len(release.deployments),
        "lastCommit": {"id": release.commits[0].id} if release.commits else None,
    }


def _written(at: datetime | None) -> str | None:
    return at.isoformat().replace("+00:00", "Z") if at else None
