"""Records the deployment that an event reports."""

from collections.abc import Mapping
from typing import Any

from lambdas.deployment_record.deployed_version import Client, deployed_version
from lambdas.deployment_record.finished import finished_deployment
from lambdas.deployment_record.settings import Settings
from lambdas.shared.error_tracking.deployments import record_deployment
from lambdas.shared.error_tracking.table import ErrorTable
from lambdas.shared.error_tracking.versions import BadVersionError
from lambdas.shared.observability import logger, publish
from lambdas.vocabulary.error_tracking import Deployment
from lambdas.vocabulary.metrics import Metric


def record(event: Mapping[str, Any], settings: Settings, table: ErrorTable, client: Client) -> dict[str, Any]:
    """Of each project that what was deployed belongs to; says what was recorded.

    Raises what the clients raise: the platform then tries again.
    """
    finished = finished_deployment(event)
    projects = [
        target.project
        for target in settings.known_targets
        if finished and (target.deployed_by, target.name) == (finished.deployed_by, finished.name)
    ]
    if not finished or not projects:
        return {"recorded": []}
    version = deployed_version(finished, settings.release_tag, client)
    if version is None:
        logger.warning("deployment names no release", deployed_by=finished.deployed_by, deployed=finished.name)
        return {"recorded": []}
    deployment = Deployment(settings.environment, finished.at, name=f"{finished.deployed_by}: {finished.name}")
    try:
        recorded = [record_deployment(table, project, version, deployment).version for project in projects]
    except BadVersionError as error:
        logger.warning("deployment has a bad version", deployed=finished.name, reason=str(error))
        recorded = []
    if recorded:
        publish({Metric.DEPLOYMENTS: 1}, finished.at, environment=settings.environment)
    return {"recorded": recorded}
