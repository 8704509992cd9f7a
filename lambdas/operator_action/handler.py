from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.operator_action.act import act
from lambdas.operator_action.answer import answers_by
from lambdas.operator_action.settings import Settings
from lambdas.operator_view.reading import sources_of
from lambdas.shared import aws
from lambdas.shared.observability import logger

settings = Settings.from_environment()
sources = sources_of(settings)
function = settings.incident_function
send_reply = answers_by(aws.client("lambda", read_timeout=15, attempts=1), function) if function else None


@logger.inject_lambda_context(masks_answer=False)
def handler(event: dict[str, Any], context: LambdaContext) -> str:
    return act(event, context.invoked_function_arn, settings, sources, send_reply)
