"""Rules and schedules invoke functions as any event does: with retries, and dead letters in the end.

MiniStack's EventBridge invokes once and forgets the outcome. The pauses between retries are seconds here.
https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
"""

import json

from ministack.services import eventbridge, lambda_svc

_dispatch = eventbridge._dispatch_to_lambda


def register() -> None:
    eventbridge._dispatch_to_lambda = dispatch


def dispatch(arn: str, payload: str) -> None:
    function, configuration, _name = lambda_svc._get_func_record_for_ref(arn)
    if function and configuration:
        record = lambda_svc._execution_record_for_config(function, configuration)
        lambda_svc.invoke_async_with_retry(record, json.loads(payload))
    else:
        _dispatch(arn, payload)
