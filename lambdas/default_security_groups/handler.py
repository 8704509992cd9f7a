from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.default_security_groups.close_groups import close_groups
from lambdas.default_security_groups.settings import Settings
from lambdas.shared import aws
from lambdas.shared.clock import Deadline
from lambdas.shared.custom_resource import answer
from lambdas.shared.observability import logger

settings = Settings.from_environment()
ec2 = aws.client("ec2")


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    answer(
        event,
        partial(close_groups, settings, ec2),
        physical_id=context.function_name,
        deadline=Deadline.of(context),
    )
