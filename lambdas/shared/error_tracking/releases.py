"""Releases, as whoever creates them or records their deployments needs them kept."""

from datetime import datetime
from typing import Protocol

from lambdas.vocabulary.error_tracking import Deployment, Release


class ReleaseTable(Protocol):
    """What `ErrorTable` has of releases."""

    def release(self, project: str, version: str) -> Release | None: ...

    def releases(self, project: str, limit: int = 100) -> list[Release]:
        """The newest first."""
        ...

    def put_release(self, release: Release) -> None: ...

    def add_deployment(self, project: str, version: str, deployment: Deployment) -> None: ...


def ensure_release(table: ReleaseTable, project: str, version: str, now: datetime) -> Release:
    """The release, which is new when nobody knew of it."""
    release = table.release(project, version)
    if release is None:
        release = Release(project=project, version=version, created_at=now)
        table.put_release(release)
    return release


def record_deployment(table: ReleaseTable, project: str, version: str, deployment: Deployment) -> None:
    """Keep that the release was deployed; the same deployment again changes nothing."""
    release = ensure_release(table, project, version, deployment.at)
    if deployment not in release.deployments:
        table.add_deployment(project, version, deployment)
