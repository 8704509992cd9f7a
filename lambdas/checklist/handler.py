from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.checklist.answer_checklist import Answering
from lambdas.checklist.settings import Settings
from lambdas.shared import aws
from lambdas.shared.observability import logger
from lambdas.shared.service import Here, own_names
from lambdas.vocabulary.codec import encode

settings = Settings.from_environment()


@cache
def client(service: str) -> Any:
    return aws.client(service, connect_timeout=3, read_timeout=10, attempts=5)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    answering = Answering(settings, Here(settings.environment, own_names().service), client)
    report: dict[str, Any] = encode(answering.answer(event))
    return report
