"""A function's dead-letter queue receives the event itself, with the error as attributes.

MiniStack sends there what Lambda sends to an on-failure destination, an envelope around the event.
https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
"""

import hashlib
import json
from typing import Any

from ministack.core.responses import new_uuid
from ministack.services import lambda_svc, sqs

_route = lambda_svc._route_async_failure


def register() -> None:
    lambda_svc._route_async_failure = route


def route(target: str, function_name: str, event: Any, result: dict[str, Any]) -> None:
    _route(target, function_name, event, result)
    configuration = lambda_svc._functions[function_name]["config"]
    queue = sqs._queue_by_arn(target)
    if queue and target == configuration.get("DeadLetterConfig", {}).get("TargetArn"):
        _unwrap(queue["messages"][-1], event, result)


def _unwrap(message: dict[str, Any], event: Any, result: dict[str, Any]) -> None:
    body = json.dumps(event)
    error = str(result.get("body", {}).get("errorMessage", ""))[:1024]
    attributes = {"RequestID": new_uuid(), "ErrorCode": "200", "ErrorMessage": error}
    message["body"], message["md5_body"] = body, hashlib.md5(body.encode(), usedforsecurity=False).hexdigest()
    message["message_attributes"] = {
        name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
    }
