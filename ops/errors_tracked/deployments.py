"""Deployments of releases: recorded by hand, and those that there were."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from lambdas.shared.error_tracking.deployments import record_deployment
from lambdas.vocabulary.error_tracking import Deployment, Release
from lambdas.vocabulary.metrics import Dimension, Metric
from ops.errors_tracked.tracker import Tracker

_RELEASES: Final = 500
"""Of each project, the newest: an older one that was deployed again is not looked for."""


@dataclass(frozen=True)
class Deployed:
    project: str
    version: str
    deployment: Deployment


def record_and_mark(tracker: Tracker, project: str, version: str, deployment: Deployment) -> Release:
    """At its release, and as a mark in the dashboard's graphs.

    Raises BadVersionError or BadDeploymentError, and what the clients raise.
    """
    release = record_deployment(tracker.errors, project, version, deployment)
    environment = tracker.account.environment
    tracker.account.client("cloudwatch").put_metric_data(
        Namespace=environment.names.namespace,
        MetricData=[
            {
                "MetricName": Metric.DEPLOYMENTS.value,
                "Dimensions": [{"Name": Dimension.ENVIRONMENT.value, "Value": environment.name}],
                "Timestamp": deployment.at,
                "Value": 1,
                "Unit": Metric.DEPLOYMENTS.unit.value,
            }
        ],
    )
    return release


def deployments_since(tracker: Tracker, projects: Iterable[str], since: datetime) -> list[Deployed]:
    """To this environment, the newest first."""
    found = (deployed for project in projects for deployed in _of_project(tracker, project))
    return sorted((each for each in found if each.deployment.at >= since), key=_at, reverse=True)


def _of_project(tracker: Tracker, project: str) -> Iterator[Deployed]:
    for release in tracker.errors.releases(project, limit=_RELEASES):
        for deployment in release.deployments:
            if deployment.environment == tracker.account.environment.name:
                yield Deployed(project, release.version, deployment)


def _at(deployed: Deployed) -> datetime:
    return deployed.deployment.at
