"""Runs what the schedules would run later, so that alarms and pages have data from the first deployment on."""

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.first_run.settings import Settings
from lambdas.shared.observability import logger

EVENT = json.dumps({"requested_by": "deployment", "reason": "the first run"}).encode()


def run_once(settings: Settings, before: Mapping[str, str], functions: Any) -> dict[str, str]:
    """Run each function that was not in the settings of the last deployment (`before`); `functions` is Lambda's client.

    Returns what was run and what could not be, as attributes of the custom resource.  A function that fails fails no
    deployment: it has an alarm of its own.
    """
    known = {name for written in before.values() if written.startswith("[") for name in json.loads(written)}
    kinds = {**dict.fromkeys(settings.checks, "RequestResponse"), **dict.fromkeys(settings.jobs, "Event")}
    ran = {name: _runs(name, kind, functions) for name, kind in kinds.items() if name not in known}
    outcome = {
        "Ran": ", ".join(name for name, done in ran.items() if done) or "nothing",
        "NotRun": ", ".join(name for name, done in ran.items() if not done) or "nothing",
    }
    logger.info("first run", outcome=outcome)
    return outcome


def _runs(name: str, kind: str, functions: Any) -> bool:
    try:
        response = functions.invoke(FunctionName=name, InvocationType=kind, Payload=EVENT)
    except (ClientError, BotoCoreError) as error:
        logger.error("a function could not be run", function=name, reason=str(error))
        return False
    return "FunctionError" not in response
