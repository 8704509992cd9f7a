"""Asks AWS which version was deployed: the events do not say it."""

from collections.abc import Callable
from typing import Any

from lambdas.deployment_record import version
from lambdas.deployment_record.finished import Finished
from lambdas.deployment_record.settings import DeployedBy

Client = Callable[[str], Any]
"""The client of a service by its name."""


def deployed_version(finished: Finished, tag: str, client: Client) -> str | None:
    """None where it is said nowhere.  Raises what the clients raise."""
    return _READERS[finished.deployed_by](finished, tag, client)


def _of_stack(finished: Finished, tag: str, client: Client) -> str | None:
    stacks = client("cloudformation").describe_stacks(StackName=finished.of)["Stacks"]
    return version.in_stack(stacks[0], tag)


def _of_codedeploy(finished: Finished, _tag: str, client: Client) -> str | None:
    return version.in_codedeploy(client("codedeploy").get_deployment(deploymentId=finished.of)["deploymentInfo"])


def _of_service(finished: Finished, tag: str, client: Client) -> str | None:
    """By the task definition of this very deployment: the service may be at the next one already."""
    ecs = client("ecs")
    cluster, _, name = finished.name.partition("/")
    service = ecs.describe_services(cluster=cluster, services=[name])["services"][0]
    definitions = {each["id"]: each["taskDefinition"] for each in service["deployments"]}
    described = ecs.describe_task_definition(
        taskDefinition=definitions.get(finished.of, service["taskDefinition"]), include=["TAGS"]
    )
    return version.in_task_definition(described["taskDefinition"], described.get("tags", ()), tag)


_READERS: dict[DeployedBy, Callable[[Finished, str, Client], str | None]] = {
    DeployedBy.CLOUDFORMATION: _of_stack,
    DeployedBy.CODEDEPLOY: _of_codedeploy,
    DeployedBy.ECS: _of_service,
}
