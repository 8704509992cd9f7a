"""Functions that run again and again."""

from aws_cdk import Duration, aws_iam, aws_scheduler
from aws_cdk import aws_scheduler_targets as targets
from constructs import Construct

from stacks.constructs.findings import acknowledge_wildcards
from stacks.constructs.function import MonitoringFunction


def run_every(
    scope: Construct, identifier: str, minutes: int, function: MonitoringFunction, scheduler: aws_iam.Role
) -> None:
    """Invoke `function` every `minutes` as `scheduler`; the schedule's own time tells a doubled run from the next."""
    acknowledge_wildcards(
        scheduler, [f"{function.function.function_arn}:*"], "The versions and aliases of this function."
    )
    aws_scheduler.Schedule(
        scope,
        f"{identifier}Schedule",
        schedule_name=function.name,
        schedule=aws_scheduler.ScheduleExpression.rate(Duration.minutes(minutes)),
        target=targets.LambdaInvoke(
            function.function,
            role=scheduler,
            input=aws_scheduler.ScheduleTargetInput.from_object(
                {"slot": aws_scheduler.ContextAttribute.scheduled_time}
            ),
            dead_letter_queue=function.dead_letters,
            retry_attempts=0,  # the next one is due before a retry would be of use
        ),
    )
