"""Runs what the schedules would run later, so that alarms and pages have data from the first deployment on."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.first_run.settings import Settings
from lambdas.shared.observability import logger

EVENT = json.dumps({"requested_by": "deployment", "reason": "the first run"}).encode()


@dataclass(frozen=True)
class Starter:
    """The clients are botocore's, of Lambda and of Step Functions; `machines` has ARNs by the names of functions."""

    functions: Any
    states: Any
    machines: Mapping[str, str]

    def start(self, name: str, kind: str) -> Mapping[str, Any]:
        """Lambda's answer, or that of the state machine which runs the function."""
        answer: Mapping[str, Any]
        if machine := self.machines.get(name):
            answer = self.states.start_execution(stateMachineArn=machine, input=EVENT.decode())
        else:
            answer = self.functions.invoke(FunctionName=name, InvocationType=kind, Payload=EVENT)
        return answer


def run_once(settings: Settings, before: Mapping[str, str], functions: Any, states: Any = None) -> dict[str, str]:
    """Run each function that was not in the settings of the last deployment (`before`); the clients are a `Starter`'s.

    Returns what was run and what could not be, as attributes of the custom resource.  A function that fails fails no
    deployment: it has an alarm of its own.
    """
    known = {name for written in before.values() if written.startswith("[") for name in json.loads(written)}
    kinds = {**dict.fromkeys(settings.checks, "RequestResponse"), **dict.fromkeys(settings.jobs, "Event")}
    starter = Starter(functions, states, {arn.rpartition(":")[2]: arn for arn in settings.machines or ()})
    ran = {name: _runs(name, kind, starter) for name, kind in kinds.items() if name not in known}
    outcome = {
        "Ran": ", ".join(name for name, done in ran.items() if done) or "nothing",
        "NotRun": ", ".join(name for name, done in ran.items() if not done) or "nothing",
    }
    logger.info("first run", outcome=outcome)
    return outcome


def _runs(name: str, kind: str, starter: Starter) -> bool:
    try:
        response = starter.start(name, kind)
    except (ClientError, BotoCoreError) as error:
        logger.error("a function could not be run", function=name, reason=str(error))
        return False
    return "FunctionError" not in response
