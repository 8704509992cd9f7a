"""AWS/Lambda: every invocation is counted, whoever made it; MiniStack counts those that came through its API.

https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
"""

import time
from typing import Any

from ministack.services import cloudwatch, lambda_svc

_dispatch = lambda_svc._execute_function_dispatch


def register() -> None:
    lambda_svc._execute_function_dispatch = dispatch
    lambda_svc._emit_lambda_metrics = count_throttle


def dispatch(function: Any, configuration: Any, event: Any, request_id: str, started: float) -> dict[str, Any]:
    """Run a function and record the invocation at the moment it began."""
    result: dict[str, Any] = _dispatch(function, configuration, event, request_id, started)
    name = configuration["FunctionName"]
    if result.get("throttle"):
        count_throttle(name, throttle=True)
        return result
    _record(name, "Invocations", 1, "Count", started)
    _record(name, "Errors", 1 if result.get("error") else 0, "Count", started)
    _record(name, "Throttles", 0, "Count", started)
    _record(name, "Duration", (time.time() - started) * 1000, "Milliseconds", started)
    return result


def count_throttle(name: str, *, throttle: bool, duration_ms: float = 0.0, **_others: Any) -> None:
    """A call that was refused is no invocation; MiniStack reports it twice, the second time with a duration."""
    if throttle and not duration_ms:
        _record(name, "Throttles", 1, "Count", time.time())


def _record(function: str, metric: str, value: float, unit: str, moment: float) -> None:
    dimensions = {"FunctionName": function}
    sample = {"Timestamp": moment, "Value": float(value), "Unit": unit, "Dimensions": dimensions}
    cloudwatch._metric_bucket(("AWS/Lambda", metric, cloudwatch._dims_key(dimensions))).append(sample)
