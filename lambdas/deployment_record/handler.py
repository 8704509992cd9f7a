from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.deployment_record.record import record
from lambdas.deployment_record.settings import Settings
from lambdas.shared import aws
from lambdas.shared.error_tracking.table import ErrorTable
from lambdas.shared.observability import logger

settings = Settings.from_environment()
table = ErrorTable(aws.client("dynamodb"), settings.table)
client = cache(aws.client)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return record(event, settings, table, client)
