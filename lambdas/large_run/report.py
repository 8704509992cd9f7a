"""How a failed large run reaches people: its function fails with the same words, as it does when it fails by itself.

So there is one alarm, one page and one log for a job that was not done, whatever it was done on.
"""

import json
from typing import Any

from lambdas.large_run.settings import Settings
from lambdas.shared.service import Here, own_names
from lambdas.vocabulary.large_runs import FAILED_RUN
from lambdas.vocabulary.names import physical_name


def report(functions: Any, settings: Settings, job: str, text: str) -> None:
    """Raises what Lambda refuses it with; `functions` is its client."""
    here = Here(settings.environment, own_names().service)
    functions.invoke(
        FunctionName=physical_name(here, job), InvocationType="Event", Payload=json.dumps({FAILED_RUN: text}).encode()
    )
