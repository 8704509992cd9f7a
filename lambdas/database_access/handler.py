from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.database_access.give_access import give_access
from lambdas.database_access.settings import Settings
from lambdas.shared import aws
from lambdas.shared.clock import Deadline
from lambdas.shared.custom_resource import answer
from lambdas.shared.observability import logger

settings = Settings.from_environment()
secrets = aws.client("secretsmanager")
# One attempt, longer than the other function: a retry would only run in parallel to the first.
functions = aws.client("lambda", read_timeout=120, attempts=1)


@logger.inject_lambda_context(log_event=False)
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    work = partial(give_access, settings, secrets, functions)
    answer(event, work, physical_id=context.function_name, deadline=Deadline.of(context))
