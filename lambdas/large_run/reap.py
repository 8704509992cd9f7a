"""Ends what was left behind, whoever left it."""

from typing import Any

from lambdas.large_run.instances import instances, terminate
from lambdas.large_run.report import report
from lambdas.large_run.settings import Settings
from lambdas.shared.clock import Clock
from lambdas.shared.observability import logger
from lambdas.shared.quantities import duration
from lambdas.vocabulary.large_runs import LEFTOVER


def reap(settings: Settings, ec2: Any, functions: Any, clock: Clock) -> list[str]:
    """The identifiers of those that were terminated.  Raises what EC2 or Lambda refuses it with.

    People are notified first: a termination that is refused is what they must know of.  Where that fails, it ends all
    the same.
    """
    moment, longest = clock(), settings.time_limit + LEFTOVER
    left = [it for it in instances(ec2, settings) if it.is_live and moment - it.launched_at > longest]
    try:
        for instance in left:
            age = duration(moment - instance.launched_at)
            text = f"instance {instance.identifier} of a large run is there for {age}, and is terminated now"
            logger.error(text, execution=instance.execution, state=instance.state)
            report(functions, settings, instance.job, f"{text} (execution {instance.execution})")
    finally:
        terminated = terminate(ec2, left)
    return terminated
