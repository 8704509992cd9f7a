"""What AWS itself says of the stacks, applications and services that are known to deploy the application.

Other than in the table of releases, deployments that go on, failed or were rolled back are among it.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

from lambdas.deployment_record.settings import DeployedBy, Target
from lambdas.incident_evidence.changes import WINDOW, Change, found_in
from lambdas.incident_evidence.source import Found, Situation, Source

_AT_ONCE: Final = 25  # BatchGetDeployments' limit
_DESCRIPTION: Final = 100


def _look(situation: Situation) -> Found:
    targets = {Target.from_json(target) for target in situation.settings.deployments}
    deployed_by = sorted({target.deployed_by for target in targets})
    names = {by: sorted({target.name for target in targets if target.deployed_by is by}) for by in deployed_by}
    return found_in((change for by in names for change in _READERS[by](situation, names[by])), situation)


def _of_stacks(situation: Situation, names: list[str]) -> Iterator[Change]:
    cloudformation = situation.client("cloudformation")
    for name in names:
        stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        begun = stack.get("LastUpdatedTime", stack["CreationTime"])
        yield Change(
            begun, f"stack {name} changed ({stack['StackStatus']})", _described(stack.get("StackStatusReason"))
        )


def _of_codedeploy(situation: Situation, names: list[str]) -> Iterator[Change]:
    """Those of the window are listed for the whole account: by application AWS wants the group, too."""
    codedeploy, opened = situation.client("codedeploy"), situation.incident.opened_at
    listed = codedeploy.list_deployments(createTimeRange={"start": opened - WINDOW, "end": situation.at})
    ids = listed["deployments"][:_AT_ONCE]
    found = codedeploy.batch_get_deployments(deploymentIds=ids)["deploymentsInfo"] if ids else []
    for one in found:
        if one["applicationName"] in names:
            what = f"application {one['applicationName']} deployed by CodeDeploy ({one['status']})"
            yield Change(one["createTime"], what, _described(one.get("description")))


def _of_services(situation: Situation, names: list[str]) -> Iterator[Change]:
    ecs = situation.client("ecs")
    for name in names:
        cluster, _, service = name.partition("/")
        for described in ecs.describe_services(cluster=cluster, services=[service])["services"]:
            yield from (_of_service(name, one) for one in described["deployments"])


def _of_service(name: str, deployment: dict[str, Any]) -> Change:
    definition = deployment["taskDefinition"].rpartition("/")[2]
    state = deployment.get("rolloutState", deployment["status"])
    what = f"service {name} deployed with {definition} ({state})"
    return Change(deployment["createdAt"], what, _described(deployment.get("rolloutStateReason")))


def _described(reason: str | None) -> str:
    return f": {reason[:_DESCRIPTION]}" if reason else ""


_READERS: dict[DeployedBy, Callable[[Situation, list[str]], Iterator[Change]]] = {
    DeployedBy.CLOUDFORMATION: _of_stacks,
    DeployedBy.CODEDEPLOY: _of_codedeploy,
    DeployedBy.ECS: _of_services,
}

CHANGES_AT_AWS = Source("Changes at AWS", _look, needs="deployments")
