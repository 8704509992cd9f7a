from functools import cache, partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.self_test.probes import PROBES
from lambdas.self_test.run_self_test import run_self_test
from lambdas.self_test.settings import Settings
from lambdas.shared import aws
from lambdas.shared.observability import logger

WAITS_FOR_FUNCTIONS = 160
"""Seconds: a restore server of each major version is started before one of them answers."""

settings = Settings.from_environment()
# One attempt: a second one would start servers beside the first's.
_lambda = partial(aws.client, "lambda", read_timeout=WAITS_FOR_FUNCTIONS, attempts=1)


@cache
def client(service: str) -> Any:
    return _lambda() if service == "lambda" else aws.client(service, read_timeout=10, attempts=3)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return run_self_test(event, settings, PROBES, client).as_dict()
