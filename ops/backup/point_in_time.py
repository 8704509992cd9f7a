"""A point-in-time drill on demand: the state machine is started, and waited for."""

import json
import time
from datetime import timedelta
from typing import Final

from botocore.exceptions import ClientError

from lambdas.vocabulary.codec import decode
from lambdas.vocabulary.drills import Drill
from lambdas.vocabulary.names import physical_name
from lambdas.vocabulary.point_in_time import DRILL, REFUSED
from ops.account import Account, operator
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
        started = states.start_execution(stateMachineArn=_machine(account), input=json.dumps(asked))
    except ClientError as error:
        if error.response["Error"]["Code"] != "StateMachineDoesNotExist":
            raise
        raise UsageError(f"{environment.name} was deployed without point-in-time drills (deploy it)") from error
    while (found := states.describe_execution(executionArn=started["executionArn"]))["status"] == "RUNNING":
        time.sleep(LOOKS_EVERY.total_seconds())
    if found["status"] == "SUCCEEDED":
        return decode(Drill, json.loads(found["output"]), ignore_unknown=True)
    kind = RefusedError if found.get("error") == REFUSED else OpsError
    why = found.get("cause") or found.get("error") or "it gave no reason"
    raise kind(f"the drill ended as {found['status']}: {why} (docs/runbooks/point-in-time-drill.md)")


def _machine(account: Account) -> str:
    region = account.environment.region
    partition = account.session.get_partition_for_region(region)
    name = physical_name(account.environment, DRILL)
    return f"arn:{partition}:states:{region}:{account.number()}:stateMachine:{name}"
