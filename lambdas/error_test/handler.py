from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.error_test.envelope import Dsn
from lambdas.error_test.send_and_wait import Waiting, send_and_wait
from lambdas.error_test.settings import Settings
from lambdas.shared import aws
from lambdas.shared.error_tracking.table import ErrorTable
from lambdas.shared.masking import masked_text
from lambdas.shared.observability import logger

settings = Settings.from_environment()
errors = ErrorTable(aws.client("dynamodb"), settings.table)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    dsn = Dsn(settings.front_url, settings.number, settings.key)
    requested_by = masked_text(str(event.get("requested_by", "the schedule")))[:100]
    arrived = send_and_wait(dsn, errors, requested_by, Waiting(settings.patience)).as_dict()
    logger.info("test error arrived", **arrived)
    return arrived
