"""Invokes other functions of the environment and reads what they answer."""

import json
from collections.abc import Mapping
from typing import Any

from lambdas.self_test.probe import Situation


class FunctionFailedError(Exception):
    """The function is not there, or raised; one line."""


def invoke(situation: Situation, folder: str, event: Mapping[str, Any]) -> Any:
    """The function's answer; raises FunctionFailedError, and what the client raises when it was not invoked at all."""
    name, lambda_ = situation.name(folder), situation.client("lambda")
    try:
        response = lambda_.invoke(FunctionName=name, Payload=json.dumps(event).encode())
    except lambda_.exceptions.ResourceNotFoundException:
        raise FunctionFailedError(f"there is no function {name}: its stack is not deployed") from None
    answer = json.loads(response["Payload"].read())
    if "FunctionError" in response:
        said = answer.get("errorMessage") if isinstance(answer, dict) else None
        raise FunctionFailedError(f"{name} failed: {said or 'without a word, its log says more'}")
    return answer
