"""The CDK CLI asks for a stack's state every five seconds; a local stack needs less than one.

`DescribeStacks` of a stack in progress answers when it has come to rest, or after a few seconds, so that
a deployment costs what it takes and not five seconds per stack. The answers are the same.
"""

import asyncio
import time
from typing import Any
from urllib.parse import parse_qs

from ministack import app
from ministack.services import cloudformation

PATIENCE_SECONDS = 4.0
LOOK_SECONDS = 0.02


def register() -> None:
    answer = app.SERVICE_HANDLERS["cloudformation"]

    async def answer_at_rest(method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
        parameters = parse_qs(body.decode(errors="replace"))
        if parameters.get("Action") == ["DescribeStacks"] and "StackName" in parameters:
            await _rest(parameters["StackName"][0])
        return await answer(method, path, headers, body, query)

    app.SERVICE_HANDLERS["cloudformation"] = answer_at_rest


async def _rest(name_or_arn: str) -> None:
    name = name_or_arn.split("/")[1] if name_or_arn.startswith("arn:") else name_or_arn
    deadline = time.monotonic() + PATIENCE_SECONDS
    while _in_progress(name) and time.monotonic() < deadline:  # noqa: ASYNC110  MiniStack signals no event
        await asyncio.sleep(LOOK_SECONDS)


def _in_progress(name: str) -> bool:
    status = (cloudformation._stacks.get(name) or {}).get("StackStatus", "")
    return bool(status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS")
