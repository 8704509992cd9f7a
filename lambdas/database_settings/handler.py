from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.database_settings.enforce_settings import enforce_settings
from lambdas.database_settings.settings import Settings
from lambdas.shared import aws
from lambdas.shared.clock import Deadline
from lambdas.shared.custom_resource import answer
from lambdas.shared.observability import logger

settings = Settings.from_environment()
rds = aws.client("rds")


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    answer(
        event,
        partial(enforce_settings, settings, rds),
        physical_id=context.function_name,
        deadline=Deadline.of(context),
    )
