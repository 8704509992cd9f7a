from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.operator_action.act import act
from lambdas.operator_action.settings import Settings
from lambdas.operator_view.sources import open_sources
from lambdas.shared import aws
from lambdas.shared.error_tracking.table import ErrorTable
from lambdas.shared.observability import logger

settings = Settings.from_environment()
errors = ErrorTable(aws.client("dynamodb"), settings.table)
sources = open_sources(errors, aws.client("s3"), settings.bucket, settings.projects)


@logger.inject_lambda_context(masks_answer=False)
def handler(event: dict[str, Any], context: LambdaContext) -> str:
    return act(event, context.invoked_function_arn, settings, sources)
