from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.incident.open_responder import open_responder
from lambdas.incident.settings import Settings
from lambdas.shared import aws
from lambdas.shared.observability import logger

responder = open_responder(Settings.from_environment(), aws.client)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return responder.respond(event)
