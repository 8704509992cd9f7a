"""Deployments of a release."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from lambdas.error_releases import fields
from lambdas.error_releases.call import Call
from lambdas.error_releases.http import answer
from lambdas.error_releases.releases import known_release
from lambdas.shared.error_tracking.deployments import LONGEST_ENVIRONMENT, LONGEST_URL, record_deployment
from lambdas.shared.observability import publish
from lambdas.vocabulary.error_tracking import Deployment
from lambdas.vocabulary.metrics import Metric

LONGEST_NAME: Final = 200


def create(call: Call, named: Mapping[str, str]) -> dict[str, Any]:
    release = known_release(call, named)
    deployment = _deployment(call)
    deployed = record_deployment(call.to.table, call.project, release.version, deployment)
    if deployment.environment == call.to.environment:
        publish({Metric.DEPLOYMENTS: 1}, deployment.at, environment=deployment.environment)
    return answer(_as_sentry_does(deployment, len(deployed.deployments)), HTTPStatus.CREATED)


def list_all(call: Call, named: Mapping[str, str]) -> dict[str, Any]:
    """The newest first."""
    deployments = list(enumerate(known_release(call, named).deployments, 1))
    return answer([_as_sentry_does(deployment, number) for number, deployment in reversed(deployments)])


def _deployment(call: Call) -> Deployment:
    document = call.document()
    environment = fields.text(document, "environment", LONGEST_ENVIRONMENT, needed=True)
    url = fields.text(document, "url", LONGEST_URL)
    at = fields.moment(document, "dateFinished") or fields.moment(document, "dateStarted") or call.to.clock()
    return Deployment(environment=environment, at=at, name=fields.text(document, "name", LONGEST_NAME), url=url)


def _as_sentry_does(deployment: Deployment, number: int) -> dict[str, Any]:
    return {
        "id": str(number),
        "environment": deployment.environment,
        "name": deployment.name or None,
        "url": deployment.url or None,
        "dateStarted": None,
        "dateFinished": deployment.at.isoformat().replace("+00:00", "Z"),
    }
