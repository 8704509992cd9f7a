from functools import partial
from typing import Any

import boto3
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.config import Config

from lambdas.database_access.give_access import give_access
from lambdas.database_access.settings import Settings
from lambdas.shared.clock import Deadline
from lambdas.shared.custom_resource import answer
from lambdas.shared.observability import logger

settings = Settings.from_environment()
secrets = boto3.client("secretsmanager")
# One attempt, longer than the other function: a retry would only run in parallel to the first.
functions = boto3.client("lambda", config=Config(read_timeout=120, retries={"total_max_attempts": 1}))


@logger.inject_lambda_context(log_event=False)
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    work = partial(give_access, settings, secrets, functions)
    answer(event, work, physical_id=context.function_name, deadline=Deadline.of(context))
