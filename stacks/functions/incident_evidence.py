"""The function that gathers evidence when an incident opens.

What it reads stands in other stacks and is known by its names, so that no stack is kept from changing.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from aws_cdk import ArnFormat, Duration
from constructs import Construct

from lambdas.deployment_record.settings import DeployedBy
from lambdas.incident_evidence.settings import Settings
from lambdas.incident_evidence.source import Source
from lambdas.incident_evidence.sources import SOURCES
from lambdas.incident_evidence.sources.alarms import ALARMS
from lambdas.incident_evidence.sources.changes_at_aws import CHANGES_AT_AWS
from lambdas.incident_evidence.sources.database import DATABASE
from lambdas.incident_evidence.sources.database_events import DATABASE_EVENTS
from lambdas.incident_evidence.sources.deployments import DEPLOYMENTS
from lambdas.incident_evidence.sources.earlier_incidents import EARLIER_INCIDENTS
from lambdas.incident_evidence.sources.errors import ERRORS
from lambdas.incident_evidence.sources.findings import FINDINGS
from lambdas.incident_evidence.sources.mutes import MUTES
from lambdas.vocabulary.error_tracking import BY_LAST_SEEN
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.names import physical_name
from stacks.functions.deployment_record import targets_of
from stacks.platform.arns import arn_of, arn_of_function, arn_of_table
from stacks.platform.function import MonitoringFunction
from stacks.platform.platform import Platform
from stacks.settings import Environment

MEMORY = 1024
"""For the processor that comes with it: a dozen clients are made at once, while people wait."""
TIMEOUT = Duration.seconds(20)


@dataclass(frozen=True)
class Right:
    actions: list[str]
    resources: list[str]
    because: str = ""
    """Why the resources are a pattern, where they are one."""


class IncidentEvidence(MonitoringFunction):
    """`incident` invokes it asynchronously and is handed what it found.

    `instance` is the identifier of the database's instance of RDS; None where it is not known.  Its own alarm pages
    nobody: it would open an incident about another one's evidence.
    """

    def __init__(self, scope: Construct, *, platform: Platform, instance: str | None) -> None:
        environment = platform.environment
        settings = _settings(environment, instance)
        super().__init__(
            scope,
            "incident_evidence",
            settings=settings,
            platform=platform,
            memory=MEMORY,
            timeout=TIMEOUT,
            level=Level.MEDIUM,
        )
        arns = _Arns(self, environment)
        self._allow([Right(["dynamodb:GetItem"], [arns.table("incidents")])])
        self._allow([Right(["lambda:InvokeFunction"], [arns.function("incident")])])
        for source in SOURCES:
            if source.is_there(settings):
                self._allow(RIGHTS[source](arns))

    def _allow(self, rights: Iterable[Right]) -> None:
        for right in rights:
            self.allow(right.actions, right.resources, because=right.because)


@dataclass(frozen=True)
class _Arns:
    """Of things of the environment, by their names."""

    scope: Construct
    environment: Environment

    def table(self, thing: str) -> str:
        return arn_of_table(self.scope, physical_name(self.environment, thing))

    def function(self, folder: str) -> str:
        return arn_of_function(self.scope, physical_name(self.environment, folder))

    def mute_rules(self) -> str:
        return arn_of(self.scope, "cloudwatch", "alarm-mute-rule", physical_name(self.environment, "*"))

    def log(self, name: str) -> str:
        return arn_of(self.scope, "logs", "log-group", f"{name}:*")

    def cloudformation_stack(self, name: str) -> str:
        return arn_of(self.scope, "cloudformation", "stack", f"{name}/*", ArnFormat.SLASH_RESOURCE_NAME)

    def ecs_service(self, name: str) -> str:
        return arn_of(self.scope, "ecs", "service", name, ArnFormat.SLASH_RESOURCE_NAME)


def _settings(environment: Environment, instance: str | None) -> Settings:
    errors = environment.errors
    return Settings(
        environment=environment.name,
        incidents=physical_name(environment, "incidents"),
        incident_function=physical_name(environment, "incident"),
        database_check_log=_database_check_log(environment),
        database_check_interval=timedelta(minutes=environment.database_check.interval_minutes),
        projects=errors.all_projects,
        deployments=tuple(target.to_json() for target in targets_of(environment)),
        guardduty=environment.security.guardduty,
        errors=physical_name(environment, "errors") if errors.enabled else None,
        instance=instance,
    )


def _database_check_log(environment: Environment) -> str:
    return f"/aws/lambda/{physical_name(environment, 'database_check')}"


def _of_releases(arns: _Arns) -> list[Right]:
    return [Right(["dynamodb:Query"], [f"{arns.table('errors')}/index/{BY_LAST_SEEN}"])]


def _of_issues(arns: _Arns) -> list[Right]:
    return [Right(["dynamodb:Query"], [arns.table("errors")]), *_of_releases(arns)]


def _of_changes(arns: _Arns) -> list[Right]:
    targets = targets_of(arns.environment)
    names = {by: [target.name for target in targets if target.deployed_by is by] for by in DeployedBy}
    stacks = [arns.cloudformation_stack(name) for name in names[DeployedBy.CLOUDFORMATION]]
    services = [arns.ecs_service(name) for name in names[DeployedBy.ECS]]
    rights = []
    if stacks:
        rights.append(Right(["cloudformation:DescribeStacks"], stacks, "A stack's ARN ends with a number of AWS's."))
    if services:
        rights.append(Right(["ecs:DescribeServices"], services))
    if names[DeployedBy.CODEDEPLOY]:
        actions = ["codedeploy:ListDeployments", "codedeploy:BatchGetDeployments"]
        because = "Deployments are listed by application only where the group is known; it reads only."
        rights.append(Right(actions, ["*"], because))
    return rights


def _of_alarms(_arns: _Arns) -> list[Right]:
    because = "CloudWatch shows composite alarms to none whose right is narrower."
    return [Right(["cloudwatch:DescribeAlarms"], ["*"], because)]


def _of_database_check(arns: _Arns) -> list[Right]:
    log = arns.log(_database_check_log(arns.environment))
    return [Right(["logs:FilterLogEvents"], [log], "All streams of this one log group.")]


def _of_instance(_arns: _Arns) -> list[Right]:
    return [Right(["rds:DescribeEvents"], ["*"], "The action takes no resource.")]


def _of_findings(_arns: _Arns) -> list[Right]:
    actions = ["guardduty:ListDetectors", "guardduty:ListFindings", "guardduty:GetFindings"]
    return [Right(actions, ["*"], "None of these actions takes a narrower resource.")]


def _of_mutes(arns: _Arns) -> list[Right]:
    return [
        Right(["cloudwatch:ListAlarmMuteRules"], ["*"], "The list is of all rules of the account."),
        Right(["cloudwatch:GetAlarmMuteRule"], [arns.mute_rules()], "Rules that operators make have new names."),
    ]


def _of_incidents(arns: _Arns) -> list[Right]:
    return [Right(["dynamodb:Query"], [arns.table("incidents")])]


RIGHTS: dict[Source, Callable[[_Arns], list[Right]]] = {
    DEPLOYMENTS: _of_releases,
    CHANGES_AT_AWS: _of_changes,
    ALARMS: _of_alarms,
    ERRORS: _of_issues,
    DATABASE: _of_database_check,
    DATABASE_EVENTS: _of_instance,
    FINDINGS: _of_findings,
    MUTES: _of_mutes,
    EARLIER_INCIDENTS: _of_incidents,
}
"""What each source may, besides what the function itself may."""
