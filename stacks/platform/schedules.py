"""Functions that run again and again."""

from typing import Any

from aws_cdk import Duration, Stack, aws_iam, aws_scheduler
from aws_cdk import aws_scheduler_targets as targets
from aws_cdk import aws_stepfunctions as states
from constructs import Construct

from lambdas.vocabulary.names import physical_name
from stacks.platform.function import MonitoringFunction
from stacks.platform.nag_suppressions import acknowledge_wildcards
from stacks.settings import Environment


def scheduler_role(scope: Construct, environment: Environment, part: str) -> aws_iam.Role:
    """Role `<service>-<environment>-<part>-scheduler`, as which EventBridge Scheduler invokes that part's functions.

    No schedule of another account may have it assumed: the service acts for all of them.
    """
    this_account = {"StringEquals": {"aws:SourceAccount": Stack.of(scope).account}}
    return aws_iam.Role(
        scope,
        "Scheduler",
        role_name=physical_name(environment, f"{part}-scheduler"),
        assumed_by=aws_iam.ServicePrincipal("scheduler.amazonaws.com", conditions=this_account),
    )


def run_every(
    scope: Construct, identifier: str, minutes: int, function: MonitoringFunction, scheduler: aws_iam.Role
) -> None:
    """Invoke `function` every `minutes` as `scheduler`; the schedule's own time tells a doubled run from the next."""
    run_at(
        scope,
        f"{identifier}Schedule",
        aws_scheduler.ScheduleExpression.rate(Duration.minutes(minutes)),
        function,
        scheduler,
        input=with_its_time(),
        retry_attempts=0,  # the next one is due before a retry would be of use
    )


def run_at(
    scope: Construct,
    identifier: str,
    when: aws_scheduler.ScheduleExpression,
    function: MonitoringFunction,
    scheduler: aws_iam.Role,
    *,
    name: str = "",
    machine: states.StateMachine | None = None,
    **target: Any,
) -> None:
    """Invoke `function` by a schedule as `scheduler`; what it does not take goes to the function's dead letters.

    The schedule is called as the function unless it has a `name`; `target` are further settings of its target, such as
    its input.  With a `machine` that is started in its place.
    """
    if not machine:
        acknowledge_wildcards(
            scheduler, [f"{function.function.function_arn}:*"], "The versions and aliases of this function."
        )
    given = {"role": scheduler, "dead_letter_queue": function.dead_letters, **target}
    aws_scheduler.Schedule(
        scope,
        identifier,
        schedule_name=name or function.name,
        schedule=when,
        target=(
            targets.StepFunctionsStartExecution(machine, **given)
            if machine
            else targets.LambdaInvoke(function.function, **given)
        ),
    )


def reap_hourly(function: MonitoringFunction, scheduler: aws_iam.Role, step: str) -> None:
    """Schedule `<function>-reap`: have the function look for what was left behind, by the event `{"step": step}`."""
    run_at(
        function,
        "ReapSchedule",
        aws_scheduler.ScheduleExpression.rate(Duration.hours(1)),
        function,
        scheduler,
        name=f"{function.name}-reap",
        input=aws_scheduler.ScheduleTargetInput.from_object({"step": step}),
        retry_attempts=0,  # the next one is due soon enough
    )


def with_its_time() -> aws_scheduler.ScheduleTargetInput:
    """The event of a schedule that says when the run was due."""
    return aws_scheduler.ScheduleTargetInput.from_object({"slot": aws_scheduler.ContextAttribute.scheduled_time})
