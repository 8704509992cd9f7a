from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.error_intake.hand_over import HandOver
from lambdas.error_intake.quota import Quota
from lambdas.error_intake.settings import Settings
from lambdas.error_intake.take_in import Intake
from lambdas.shared import aws
from lambdas.shared.observability import logger

settings = Settings.from_environment()
client = partial(aws.client, connect_timeout=1, read_timeout=3, attempts=2)
quota = Quota(aws.client("dynamodb", connect_timeout=0.5, read_timeout=1, attempts=1), settings.table)
hand_over = HandOver(client("sqs"), client("s3"), settings.bucket, settings.queue_url, settings.relay_queue_url)
intake = Intake(settings, hand_over, quota)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return intake.answer(event)
