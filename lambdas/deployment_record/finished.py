"""Deployments that are done, out of the events of AWS; pure.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/event-detail-stack-status-change.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html
https://docs.aws.amazon.com/codedeploy/latest/userguide/monitoring-cloudwatch-events.html

A rollback is none: what it brings back was deployed before.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from lambdas.deployment_record.settings import DeployedBy

_STACK = re.compile(r"arn:[\w-]+:cloudformation:[\w-]*:\d*:stack/(?P<name>[\w-]+)/.+")
_SERVICE = re.compile(r"arn:[\w-]+:ecs:[\w-]*:\d*:service/(?:(?P<cluster>[\w-]+)/)?(?P<name>[\w-]+)")
_DEFAULT_CLUSTER: Final = "default"


@dataclass(frozen=True)
class Finished:
    """`of` is what AWS is asked for: the stack's ARN, or the deployment's id."""

    deployed_by: DeployedBy
    name: str
    """As in `settings.Target`."""
    of: str
    at: datetime


def finished_deployment(event: Mapping[str, Any]) -> Finished | None:
    """None for a deployment that goes on, failed or was rolled back, and for all other events."""
    detail, at = event.get("detail") or {}, datetime.fromisoformat(event["time"])
    match event.get("source"), detail:
        case "aws.cloudformation", {"status-details": {"status": "CREATE_COMPLETE" | "UPDATE_COMPLETE"}}:
            stack = _STACK.fullmatch(detail["stack-id"])
            return Finished(DeployedBy.CLOUDFORMATION, stack["name"], detail["stack-id"], at) if stack else None
        case "aws.codedeploy", {"state": "SUCCESS", "application": application, "deploymentId": deployment}:
            return Finished(DeployedBy.CODEDEPLOY, application, deployment, at)
        case "aws.ecs", {"eventName": "SERVICE_DEPLOYMENT_COMPLETED", "deploymentId": deployment}:
            service = _SERVICE.fullmatch(event["resources"][0])
            name = f"{service['cluster'] or _DEFAULT_CLUSTER}/{service['name']}" if service else ""
            return Finished(DeployedBy.ECS, name, deployment, at) if service else None
    return None
