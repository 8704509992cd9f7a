"""A job on demand: by its function, and by a large run where that says that it is too large for it."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any, Final

from botocore.exceptions import ClientError

from lambdas.shared.quantities import size
from lambdas.vocabulary.codec import decode
from lambdas.vocabulary.large_runs import TOO_LARGE, TooLarge
from ops.account import Account
from ops.backup.executions import ended, machine_arn, reason_of
from ops.errors import OpsError, UsageError

LOOKS_EVERY: Final = timedelta(seconds=10)
PAGE: Final = "docs/large-databases.md"
Waiting = Callable[[str], AbstractContextManager[None]]


def run(
    account: Account, folder: str, doing: str, waiting: Waiting, say: Callable[[str], object], **event: Any
) -> dict[str, Any]:
    """The answer of the function, or of the large run that does the same.

    `say` gets one line when there is one, with the execution's name.  It goes on when the command is stopped.

    Raises OpsError when it was not done, UsageError where the environment was deployed without large runs.
    """
    with waiting(doing):
        answer: dict[str, Any] = account.invoke(folder, **event)
    if TOO_LARGE not in answer:
        return answer
    too_large = decode(TooLarge, answer[TOO_LARGE], ignore_unknown=True)
    states = account.client("stepfunctions")
    execution = _started(states, account, folder, event)
    name = execution.rpartition(":")[2]
    say(
        f"{size(too_large.bytes)} are too much for the function ({size(too_large.limit)}): execution {name} does it on"
        " an instance, also when you stop this command"
    )
    say(f"follow it: aws stepfunctions describe-execution --execution-arn {execution}")
    with waiting(f"{doing}, on an instance: this takes a while"):
        found = ended(states, execution, LOOKS_EVERY)
    if found["status"] != "SUCCEEDED":
        raise OpsError(f"the large run ended as {found['status']}: {reason_of(found)} ({PAGE})")
    done: dict[str, Any] = json.loads(found["output"])
    return done


def _started(states: Any, account: Account, folder: str, event: dict[str, Any]) -> str:
    try:
        started = states.start_execution(stateMachineArn=machine_arn(account, folder), input=json.dumps(event))
    except ClientError as error:
        if error.response["Error"]["Code"] != "StateMachineDoesNotExist":
            raise
        raise UsageError(f"{account.environment.name} was deployed without large runs (deploy it)") from error
    return str(started["executionArn"])
