"""Deployments, whoever reports them: sentry-cli, the command of operators, or AWS."""

from typing import Final

from lambdas.shared.error_tracking.table import ErrorTable
from lambdas.shared.error_tracking.versions import version_of
from lambdas.vocabulary.error_tracking import Deployment, Release

MOST: Final = 500
"""Deployments of one release."""
LONGEST_ENVIRONMENT: Final = 64
LONGEST_URL: Final = 500


class BadDeploymentError(ValueError):
    pass


def record_deployment(table: ErrorTable, project: str, version: str, deployment: Deployment) -> Release:
    """Keep that the release, which is made where nobody made it, was deployed; returns it as it is then.

    The same deployment again changes nothing.  Raises BadVersionError or BadDeploymentError.
    """
    version = version_of(version)
    if not deployment.environment.strip() or "/" in deployment.environment:
        raise BadDeploymentError("environment: it may not be empty, nor hold a slash")
    if len(deployment.environment) > LONGEST_ENVIRONMENT:
        raise BadDeploymentError(f"environment: longer than {LONGEST_ENVIRONMENT} characters")
    if deployment.url and not deployment.url.startswith(("https://", "http://")):
        raise BadDeploymentError("url: it begins with https:// or http://")
    if len(deployment.url) > LONGEST_URL:
        raise BadDeploymentError(f"url: longer than {LONGEST_URL} characters")
    release = table.release(project, version)
    if release and len(release.deployments) >= MOST:
        raise BadDeploymentError(f"release {version!r} has {MOST} deployments already")
    table.add_deployment(project, version, deployment)
    return table.release(project, version) or Release(project, version, deployment.at, deployments=(deployment,))
