import importlib.resources
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.health_check import endpoints as monitored
from lambdas.load_test.answer import answer
from lambdas.load_test.run_load_test import Account, LoadTest
from lambdas.load_test.settings import Settings
from lambdas.shared import aws
from lambdas.shared.clock import Deadline
from lambdas.shared.guarded_http.certificates import client_context
from lambdas.shared.observability import logger
from lambdas.shared.service import Here, own_names

settings = Settings.from_environment()
account = Account(
    Here(settings.environment, own_names().service),
    aws.client("cloudwatch", connect_timeout=1, read_timeout=2, attempts=2),
    aws.client("s3"),
    client_context(monitored.authorities_in(importlib.resources.files(monitored.PACKAGE))),
)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return answer(LoadTest(settings, account, Deadline.of(context)), event, context.aws_request_id)
