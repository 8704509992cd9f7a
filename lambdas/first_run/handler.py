from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.first_run.run_once import run_once
from lambdas.first_run.settings import Settings
from lambdas.shared import aws
from lambdas.shared.clock import Deadline
from lambdas.shared.custom_resource import answer
from lambdas.shared.observability import logger

settings = Settings.from_environment()
# One attempt, longer than a check: a retry would only run in parallel to the first.
functions = aws.client("lambda", read_timeout=90, attempts=1)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    answer(
        event,
        partial(run_once, settings, event.get("OldResourceProperties", {}), functions, aws.client("stepfunctions")),
        physical_id=context.function_name,
        deadline=Deadline.of(context),
    )
