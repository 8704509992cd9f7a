"""Executions of the environment's state machines: started, and waited for."""

import time
from datetime import timedelta
from typing import Any

from lambdas.vocabulary.names import physical_name
from ops.account import Account


def machine_arn(account: Account, thing: str) -> str:
    region = account.environment.region
    partition = account.session.get_partition_for_region(region)
    name = physical_name(account.environment, thing)
    return f"arn:{partition}:states:{region}:{account.number()}:stateMachine:{name}"


def ended(states: Any, execution: str, looks_every: timedelta) -> dict[str, Any]:
    """The execution as Step Functions describes it once it has ended; it goes on when the command is stopped."""
    while True:
        found: dict[str, Any] = states.describe_execution(executionArn=execution)
        if found["status"] != "RUNNING":
            return found
        time.sleep(looks_every.total_seconds())


def reason_of(found: dict[str, Any]) -> str:
    return str(found.get("cause") or found.get("error") or "it gave no reason")
