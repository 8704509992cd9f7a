from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.operator_view.settings import Settings
from lambdas.operator_view.sources import open_sources
from lambdas.operator_view.widget import answer
from lambdas.shared import aws
from lambdas.shared.error_tracking.table import ErrorTable
from lambdas.shared.observability import logger

settings = Settings.from_environment()
errors = ErrorTable(aws.client("dynamodb"), settings.table)
sources = open_sources(errors, aws.client("s3"), settings.bucket, settings.projects)


@logger.inject_lambda_context(masks_answer=False)
def handler(event: dict[str, Any], context: LambdaContext) -> str:
    return answer(event, context.invoked_function_arn, settings, sources)
