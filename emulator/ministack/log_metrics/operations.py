"""Operations of CloudWatch Logs that MiniStack lacks."""

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from ministack import app
from ministack.core.responses import error_response_json, json_response

from emulator.cloudwatch import log_patterns
from emulator.ministack.log_metrics import saved_queries


def register() -> None:
    """Answer these operations before MiniStack does."""
    serve = app.SERVICE_HANDLERS["logs"]

    async def answer(method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
        operation = OPERATIONS.get(headers.get("x-amz-target", "").rpartition(".")[2])
        if operation is None:
            return await serve(method, path, headers, body, query)
        try:
            return json_response(operation(json.loads(body or b"{}")))
        except ValueError as error:
            return error_response_json("InvalidParameterException", str(error), HTTPStatus.BAD_REQUEST)

    app.SERVICE_HANDLERS["logs"] = answer


def _test_metric_filter(request: Mapping[str, Any]) -> dict[str, Any]:
    match = log_patterns.read(request.get("filterPattern", ""))
    tested = ((number, line, match(line)) for number, line in enumerate(request["logEventMessages"], 1))
    return {
        "matches": [
            {"eventNumber": number, "eventMessage": line, "extractedValues": found.extracted}
            for number, line, found in tested
            if found
        ]
    }


OPERATIONS: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "TestMetricFilter": _test_metric_filter,
    "PutQueryDefinition": saved_queries.put,
    "DescribeQueryDefinitions": saved_queries.describe,
    "DeleteQueryDefinition": saved_queries.delete,
}
