"""A folder of `lambdas/` and its settings, as a Lambda function with its log group and dead letters, and its alarm."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aws_cdk import (
    ArnFormat,
    Duration,
    Stack,
    aws_iam,
    aws_lambda,
    aws_lambda_destinations,
    aws_logs,
    aws_sqs,
)
from constructs import Construct

from lambdas.shared.environment import FunctionSettings
from lambdas.shared.guarded_http.headers import Store
from lambdas.shared.service import variables_of
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.names import physical_name
from lambdas.vocabulary.runbooks import Runbook
from stacks.alarms.functions import alarm_on_errors
from stacks.alarms.spec import Alarms
from stacks.platform.assets import Asset
from stacks.platform.dead_letters import dead_letter_queue
from stacks.platform.logs import log_group
from stacks.platform.nag_suppressions import acknowledge, acknowledge_wildcards
from stacks.platform.platform import Platform
from stacks.platform.runtime import target_of

ROOT = Path(__file__).parents[2]
RETRIES = 2
OLDEST_EVENT = Duration.hours(2)


OWN_CODE = ["*", "!lambdas", "!lambdas/**", "**/__pycache__", "**/*.txt"]


@dataclass(frozen=True)
class _Right:
    """What `MonitoringFunction.allow` was asked for."""

    actions: list[str]
    resources: list[str]
    because: str
    where: Mapping[str, Mapping[str, Any]] | None

    @property
    def statement(self) -> aws_iam.PolicyStatement:
        return aws_iam.PolicyStatement(actions=self.actions, resources=self.resources, conditions=self.where)

    def acknowledge(self, construct: Construct) -> None:
        if self.because:
            acknowledge_wildcards(construct, self.resources, self.because)


class MonitoringFunction(Construct):
    """`<service>-<environment>-<folder>`, allowed nothing but to write its own log; callers grant the rest."""

    def __init__(
        self,
        scope: Construct,
        folder: str,
        *,
        platform: Platform,
        settings: FunctionSettings,
        layers: Sequence[aws_lambda.ILayerVersion] = (),
        memory: int,
        timeout: Duration,
        level: Level = Level.HIGH,
        runbook: Runbook = Runbook.FUNCTION_FAILED,
        at_deployment: bool = False,
        watched_elsewhere: bool = False,
        **placement: Any,
    ) -> None:
        """Define the function.

        It has the layer `observability`, and `layers` besides.  One that runs `at_deployment` only has no alarm:
        CloudFormation waits for its answer, and whoever deploys sees that it failed.  Of one that is
        `watched_elsewhere` another stack makes the alarms, or whoever calls it sees that it failed.  `memory` is in MB;
        `level` and `runbook` are those of its error alarm; `placement` goes to `aws_lambda.Function` as it is (`vpc`,
        `vpc_subnets`, `security_groups`, `ephemeral_storage_size`, …).
        """
        super().__init__(scope, folder)
        self.environment = environment = platform.environment
        self.name = physical_name(environment, folder)
        self.dead_letters = self._dead_letters(platform.alarms)
        log = log_group(self, "Log", f"/aws/lambda/{self.name}", environment)
        target = target_of(environment)
        self.variables = {
            **settings.to_environment(),
            **variables_of(environment.names),
            "POWERTOOLS_LOG_LEVEL": environment.log_level.upper(),
        }
        self.layers = [platform.layers.observability, *layers]
        self._allowed: list[_Right] = []
        self.function = aws_lambda.Function(
            self,
            "Function",
            function_name=self.name,
            runtime=aws_lambda.Runtime(f"python{target.python_version}", aws_lambda.RuntimeFamily.PYTHON),
            architecture=aws_lambda.Architecture.custom(target.architecture),
            code=aws_lambda.Code.from_asset(str(ROOT), exclude=OWN_CODE),
            handler=f"lambdas.{folder}.handler.handler",
            environment=self.variables,
            layers=self.layers,
            memory_size=memory,
            timeout=timeout,
            role=self._role(log, in_vpc="vpc" in placement, at_home=platform.alarms is not None),
            log_group=log,
            retry_attempts=RETRIES,
            max_event_age=OLDEST_EVENT,
            on_failure=aws_lambda_destinations.SqsDestination(self.dead_letters),
            **placement,
        )
        acknowledge(self.function, {"L1": "The newest Python that every package in the layers has wheels for."})
        if not (at_deployment or watched_elsewhere):
            platform.make_alarms(self, [alarm_on_errors(folder, environment, level, runbook)])

    def allow(
        self,
        actions: list[str],
        resources: list[str],
        *,
        because: str = "",
        where: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        """Let the function do `actions` to the resources with these ARNs; a pattern among them needs a reason.

        Without one, synthesis refuses it.  `where` are conditions, as IAM writes them.
        """
        self._allowed.append(_Right(actions, resources, because, where))
        self.function.add_to_role_policy(self._allowed[-1].statement)
        self._allowed[-1].acknowledge(self)

    def allow_as_much(self, role: aws_iam.Role) -> None:
        """Let `role`, as which its work is done elsewhere, do all that `allow` has let the function do."""
        for right in self._allowed:
            role.add_to_policy(right.statement)
            right.acknowledge(role)

    @property
    def code(self) -> Asset:
        """Where its code lies for the deployment."""
        resource = self.function.node.default_child
        assert isinstance(resource, aws_lambda.CfnFunction)  # noqa: S101  (narrows the type)
        assert isinstance(resource.code, aws_lambda.CfnFunction.CodeProperty)  # noqa: S101  (the same)
        return Asset(str(resource.code.s3_bucket), str(resource.code.s3_key))

    def allow_to_read_parameter(self, name: str) -> None:
        """A SecureString of the Parameter Store, under AWS's own key."""
        arn = Stack.of(self).format_arn(service="ssm", resource="parameter", resource_name=name.lstrip("/"))
        self.allow(["ssm:GetParameter"], [arn])

    def allow_to_read_secret(self, name: str) -> None:
        """One of Secrets Manager, by its name or ARN, under AWS's own key."""
        named = Stack.of(self).format_arn(
            service="secretsmanager",
            resource="secret",
            resource_name=f"{name}-??????",  # what Secrets Manager puts after every name
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        self.allow(["secretsmanager:GetSecretValue"], [name if name.startswith("arn:") else named])

    def allow_header_values(self, headers: Iterable[Mapping[str, str | Mapping[str, str]]]) -> None:
        """What the headers of requests refer to, as the environment file writes them."""
        values = [value for each in headers for value in each.values()]
        for store, name in sorted({pair for value in values if isinstance(value, Mapping) for pair in value.items()}):
            (self.allow_to_read_secret if store == Store.SECRET else self.allow_to_read_parameter)(name)

    def _dead_letters(self, alarms: Alarms | None) -> aws_sqs.IQueue:
        """The environment's queue; in another region, which that cannot be used from, one of its own."""
        if alarms is None:
            return dead_letter_queue(self, "DeadLetters", f"{self.name}-failed")
        # By its ARN: as an object, whoever sends to it would write into its policy, and so into another stack.
        return aws_sqs.Queue.from_queue_arn(self, "DeadLetters", alarms.dead_letters.queue_arn)

    def _role(self, log: aws_logs.LogGroup, *, in_vpc: bool, at_home: bool) -> aws_iam.Role:
        name = (
            self.name if at_home else f"{self.name}-{Stack.of(self).region}"
        )  # roles are the account's, not a region's
        role = aws_iam.Role(self, "Role", role_name=name, assumed_by=aws_iam.ServicePrincipal("lambda.amazonaws.com"))
        log.grant_write(role)
        if in_vpc:
            self._allow_network_interfaces(role)
        return role

    def _allow_network_interfaces(self, role: aws_iam.Role) -> None:
        actions = [
            "ec2:CreateNetworkInterface",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSubnets",
            "ec2:DeleteNetworkInterface",
            "ec2:AssignPrivateIpAddresses",
            "ec2:UnassignPrivateIpAddresses",
        ]
        role.add_to_policy(aws_iam.PolicyStatement(actions=actions, resources=["*"]))
        acknowledge_wildcards(
            role,
            ["*"],
            "The Lambda service makes the interfaces with this role; these actions take no narrower one.",
        )
        # The service needs them; the function's own code never does, and is refused them.
        arn = Stack.of(self).format_arn(
            service="lambda", resource="function", resource_name=self.name, arn_format=ArnFormat.COLON_RESOURCE_NAME
        )
        role.add_to_policy(
            aws_iam.PolicyStatement(
                effect=aws_iam.Effect.DENY,
                actions=actions,
                resources=["*"],
                conditions={"ArnEquals": {"lambda:SourceFunctionArn": arn}},
            )
        )
