"""Events as AWS's own services send them: what is posted to this path goes onto the default event bus.

PutEvents refuses sources that begin with `aws.`, here as at AWS.
"""

import json
from typing import Any

from ministack.services import eventbridge

from emulator.ministack import control

PATH = f"{control.PREFIX}service-events"


def register() -> None:
    control.PATHS[PATH] = send


def send(request: dict[str, Any]) -> Any:
    """The entries of PutEvents, answered as PutEvents answers."""
    _status, _headers, body = eventbridge._put_events(request, allow_aws_source=True)
    return json.loads(body)
