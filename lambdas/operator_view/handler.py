from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.operator_view.reading import sources_of
from lambdas.operator_view.settings import Settings
from lambdas.operator_view.widget import answer
from lambdas.shared.observability import logger

settings = Settings.from_environment()
sources = sources_of(settings)


@logger.inject_lambda_context(masks_answer=False)
def handler(event: dict[str, Any], context: LambdaContext) -> str:
    return answer(event, context.invoked_function_arn, settings, sources)
