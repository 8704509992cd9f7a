from functools import partial
from typing import Any

import boto3
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.config import Config

from lambdas.first_run.run_once import run_once
from lambdas.first_run.settings import Settings
from lambdas.shared.clock import Deadline
from lambdas.shared.custom_resource import answer
from lambdas.shared.observability import logger

settings = Settings.from_environment()
# One attempt, longer than a check: a retry would only run in parallel to the first.
functions = boto3.client("lambda", config=Config(read_timeout=90, retries={"total_max_attempts": 1}))


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    answer(
        event,
        partial(run_once, settings, event.get("OldResourceProperties", {}), functions),
        physical_id=context.function_name,
        deadline=Deadline.of(context),
    )
