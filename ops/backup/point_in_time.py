"""A point-in-time drill on demand: the state machine is started, and waited for."""

import json
from datetime import timedelta
from typing import Final

from botocore.exceptions import ClientError

from lambdas.vocabulary.codec import decode
from lambdas.vocabulary.drills import Drill
from lambdas.vocabulary.point_in_time import DRILL, REFUSED
from ops.account import Account, operator
from ops.backup.executions import ended, machine_arn, reason_of
from ops.errors import OpsError, RefusedError, UsageError

LOOKS_EVERY: Final = timedelta(seconds=5)


def hold(account: Account, reason: str) -> Drill:
    """Its record.  The drill goes on when the command is stopped; it deletes its instance in any case.

    Raises UsageError where the environment has no such drills, RefusedError while another one is held, OpsError when it
    broke off.
    """
    environment = account.environment
    if environment.backups.point_in_time_drill is None:
        raise UsageError(
            f"{environment.name} holds no point-in-time drills (add [backups.point_in_time_drill] to its file, deploy)"
        )
    states, asked = account.client("stepfunctions"), {"requested_by": operator(), "reason": reason}
    try:
        started = states.start_execution(stateMachineArn=machine_arn(account, DRILL), input=json.dumps(asked))
    except ClientError as error:
        if error.response["Error"]["Code"] != "StateMachineDoesNotExist":
            raise
        raise UsageError(f"{environment.name} was deployed without point-in-time drills (deploy it)") from error
    found = ended(states, started["executionArn"], LOOKS_EVERY)
    if found["status"] == "SUCCEEDED":
        return decode(Drill, json.loads(found["output"]), ignore_unknown=True)
    kind = RefusedError if found.get("error") == REFUSED else OpsError
    raise kind(f"the drill ended as {found['status']}: {reason_of(found)} (docs/runbooks/point-in-time-drill.md)")
