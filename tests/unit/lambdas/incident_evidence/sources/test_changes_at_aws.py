"""What AWS says of what it deploys."""

import pytest

from lambdas.deployment_record.settings import DeployedBy, Target
from lambdas.incident_evidence.sources.changes_at_aws import CHANGES_AT_AWS
from tests.unit.lambdas.incident_evidence.situation import NOW, Aws, ago, settings, situation

ARN = "arn:aws:cloudformation:eu-central-1:111122223333:stack/shop/1"
DEFINITION = "arn:aws:ecs:eu-central-1:111122223333:task-definition/api"


@pytest.fixture
def aws():
    aws = Aws()
    yield aws
    aws.had_all()


def look(aws, *targets):
    return CHANGES_AT_AWS.look(situation(aws, deployments=tuple(target.to_json() for target in targets)))


def test_stack_that_changed_is_suspected(aws):
    stack = {
        "StackName": "shop",
        "StackId": ARN,
        "CreationTime": ago(days=400),
        "LastUpdatedTime": ago(minutes=12),
        "StackStatus": "UPDATE_ROLLBACK_COMPLETE",
        "StackStatusReason": "Api failed",
    }
    aws.expect("cloudformation", "describe_stacks", {"Stacks": [stack]}, {"StackName": "shop"})
    shop = Target(DeployedBy.CLOUDFORMATION, "shop", "api")
    found = look(aws, shop, Target(DeployedBy.CLOUDFORMATION, "shop", "web"))
    assert found.suspected
    assert found.lines == ("stack shop changed (UPDATE_ROLLBACK_COMPLETE) 12 min before: Api failed",)


def test_stack_that_did_not_change_says_nothing(aws):
    stack = {"StackName": "shop", "StackId": ARN, "CreationTime": ago(days=4), "StackStatus": "CREATE_COMPLETE"}
    aws.expect("cloudformation", "describe_stacks", {"Stacks": [stack]})
    found = look(aws, Target(DeployedBy.CLOUDFORMATION, "shop", "api"))
    assert (found.lines, found.suspected) == ((), False)


def test_application_of_codedeploy(aws):
    mine = {"applicationName": "shop", "status": "Failed", "createTime": ago(minutes=3), "description": "release 1.4.2"}
    other = {"applicationName": "blog", "status": "Succeeded", "createTime": ago(minutes=4)}
    aws.expect(
        "codedeploy",
        "list_deployments",
        {"deployments": ["d-1", "d-2"]},
        {"createTimeRange": {"start": ago(hours=2), "end": NOW}},
    )
    answer = {"deploymentsInfo": [mine, other]}
    aws.expect("codedeploy", "batch_get_deployments", answer, {"deploymentIds": ["d-1", "d-2"]})
    found = look(aws, Target(DeployedBy.CODEDEPLOY, "shop", "api"))
    assert found.lines == ("application shop deployed by CodeDeploy (Failed) 3 min before: release 1.4.2",)


def test_no_deployment_of_codedeploy_is_asked_for(aws):
    aws.expect("codedeploy", "list_deployments", {"deployments": []})
    assert look(aws, Target(DeployedBy.CODEDEPLOY, "shop", "api")).lines == ()


def test_service_of_ecs(aws):
    going_on = {
        "id": "ecs-svc/2",
        "status": "PRIMARY",
        "taskDefinition": f"{DEFINITION}:124",
        "createdAt": ago(minutes=2),
        "rolloutState": "IN_PROGRESS",
        "rolloutStateReason": "ECS deployment ecs-svc/2 in progress.",
    }
    old = {**going_on, "id": "ecs-svc/1", "createdAt": ago(days=2), "rolloutState": "COMPLETED"}
    asked = {"cluster": "prod", "services": ["api"]}
    aws.expect("ecs", "describe_services", {"services": [{"deployments": [old, going_on]}]}, asked)
    found = look(aws, Target(DeployedBy.ECS, "prod/api", "api"))
    assert found.lines == (
        "service prod/api deployed with api:124 (IN_PROGRESS) 2 min before: ECS deployment ecs-svc/2 in progress.",
    )


def test_not_there_without_targets():
    assert not CHANGES_AT_AWS.is_there(settings(deployments=()))
