from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.guardduty_detector.ensure_detector import ensure_detector
from lambdas.guardduty_detector.settings import Settings
from lambdas.shared import aws
from lambdas.shared.clock import Deadline
from lambdas.shared.custom_resource import answer
from lambdas.shared.observability import logger

settings = Settings.from_environment()
guardduty = aws.client("guardduty")


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """A Delete leaves the detector: it is the account's, others may rely on it, and its findings would go with it."""
    answer(
        event,
        partial(ensure_detector, settings, guardduty),
        physical_id=context.function_name,
        deadline=Deadline.of(context),
    )
