"""Rules of EventBridge that hand events to a function."""

from collections.abc import Iterable, Mapping
from typing import Any

from aws_cdk import Stack, aws_events, aws_iam, aws_lambda
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_stepfunctions as states
from constructs import Construct

from lambdas.vocabulary.names import physical_name
from stacks.platform.function import MonitoringFunction
from stacks.platform.nag_suppressions import acknowledge_warning
from stacks.settings import Environment


class Rules(Construct):
    """All may invoke the function by one permission; one for each, as the CDK would make them, soon fills a policy.

    What cannot be delivered waits in the environment's dead-letter queue: `environments_queue` lets all these rules in.
    """

    def __init__(self, scope: Construct, environment: Environment, function: MonitoringFunction) -> None:
        super().__init__(scope, "Rules")
        self._environment = environment
        self._function = aws_lambda.Function.from_function_attributes(
            self, "Target", function_arn=function.function.function_arn, skip_permissions=True
        )
        self._dead_letters = function.dead_letters
        ours = Stack.of(self).format_arn(
            service="events", resource="rule", resource_name=physical_name(environment, "*")
        )
        rules = aws_iam.ServicePrincipal("events.amazonaws.com")
        function.function.add_permission("Rules", principal=rules, source_arn=ours)
        acknowledge_warning(
            self,
            "@aws-cdk/aws-events:ruleUnresolvedEnvironment",
            "rules and function are in one stack, which the CDK cannot tell of a function known by its ARN",
        )

    def add(self, name: str, pattern: Mapping[str, Any], handed: Mapping[str, Any] | None = None) -> None:
        """Rule `<service>-<environment>-<name>`; without `handed` the function gets the event as it is."""
        aws_events.Rule(
            self,
            name,
            rule_name=physical_name(self._environment, name),
            event_pattern=aws_events.EventPattern(
                source=pattern.get("source"), detail_type=pattern.get("detail-type"), detail=pattern.get("detail")
            ),
            targets=[
                targets.LambdaFunction(
                    self._function,
                    dead_letter_queue=self._dead_letters,
                    event=aws_events.RuleTargetInput.from_object(handed) if handed else None,
                )
            ],
        )


def run_on_object(
    function: MonitoringFunction,
    name: str,
    *,
    bucket_name: str,
    file: str,
    description: str,
    machine: states.StateMachine | None = None,
) -> None:
    """Rule `<service>-<environment>-<name>`: invoke the function when a file of that name is written into a folder.

    With a `machine` that is started in its place.
    """
    aws_events.Rule(
        Stack.of(function),
        name.title().replace("-", ""),
        rule_name=physical_name(function.environment, name),
        description=description,
        event_pattern=aws_events.EventPattern(
            source=["aws.s3"],
            detail_type=["Object Created"],
            detail={"bucket": {"name": [bucket_name]}, "object": {"key": [{"suffix": f"/{file}"}]}},
        ),
        targets=[_target(function, name, machine)],
    )


def run_on_broken_off(
    scope: Construct,
    function: MonitoringFunction,
    name: str,
    *,
    machines: Iterable[states.StateMachine],
    description: str,
) -> None:
    """Rule `name`: invoke the function when an execution of a machine failed, was aborted or ran out of time."""
    aws_events.Rule(
        scope,
        "Broken",
        rule_name=name,
        description=description,
        event_pattern=aws_events.EventPattern(
            source=["aws.states"],
            detail_type=["Step Functions Execution Status Change"],
            detail={
                "stateMachineArn": [machine.state_machine_arn for machine in machines],
                "status": ["FAILED", "TIMED_OUT", "ABORTED"],
            },
        ),
        targets=[targets.LambdaFunction(function.function, dead_letter_queue=function.dead_letters)],
    )


def _target(function: MonitoringFunction, name: str, machine: states.StateMachine | None) -> aws_events.IRuleTarget:
    if machine is None:
        return targets.LambdaFunction(function.function, dead_letter_queue=function.dead_letters)
    role = aws_iam.Role(
        Stack.of(function),
        f"{name.title().replace('-', '')}Role",
        role_name=physical_name(function.environment, f"{name}-rule"),
        assumed_by=aws_iam.ServicePrincipal(
            "events.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": Stack.of(function).account}}
        ),
    )
    return targets.SfnStateMachine(machine, role=role, dead_letter_queue=function.dead_letters)
