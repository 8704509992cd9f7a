"""The function that records the deployments of CloudFormation, CodeDeploy and ECS as those of releases."""

from aws_cdk import Duration
from constructs import Construct

from lambdas.deployment_record.settings import DeployedBy, Settings, Target
from lambdas.vocabulary.runbooks import Runbook
from stacks.platform.function import MonitoringFunction
from stacks.platform.platform import Platform
from stacks.platform.rules import Rules
from stacks.resources.error_store import ErrorStore
from stacks.settings import Environment

RELEASE_TAG = "release"
_EVENTS = {
    DeployedBy.CLOUDFORMATION: ("aws.cloudformation", "CloudFormation Stack Status Change"),
    DeployedBy.CODEDEPLOY: ("aws.codedeploy", "CodeDeploy Deployment State-change Notification"),
    DeployedBy.ECS: ("aws.ecs", "ECS Deployment State Change"),
}
_READ = {
    DeployedBy.CLOUDFORMATION: ["cloudformation:DescribeStacks"],
    DeployedBy.CODEDEPLOY: ["codedeploy:GetDeployment"],
    DeployedBy.ECS: ["ecs:DescribeServices", "ecs:DescribeTaskDefinition"],
}


class DeploymentRecord(MonitoringFunction):
    """It asks AWS for the version: the events do not say it."""

    def __init__(self, scope: Construct, *, platform: Platform, store: ErrorStore) -> None:
        environment = platform.environment
        super().__init__(
            scope,
            "deployment_record",
            settings=Settings(
                environment=environment.name,
                table=store.table.table_name,
                release_tag=RELEASE_TAG,
                targets=tuple(target.to_json() for target in targets_of(environment)),
            ),
            platform=platform,
            memory=256,
            timeout=Duration.seconds(30),
            runbook=Runbook.ERRORS,
        )
        store.let_record_releases(self)
        rules = Rules(scope, environment, self)
        for by in sorted({target.deployed_by for target in targets_of(environment)}):
            source, detail_type = _EVENTS[by]
            rules.add(f"deployed-by-{by}", {"source": [source], "detail-type": [detail_type]})
            self.allow(_READ[by], ["*"], because="Which deployment it was is known when it is over; it reads only.")


def targets_of(environment: Environment) -> list[Target]:
    project = environment.errors.main_project
    return [
        Target(DeployedBy(one.deployed_by), one.name, one.project or project) for one in environment.errors.deployments
    ]
