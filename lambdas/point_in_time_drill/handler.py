from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.point_in_time_drill.respond import Driller
from lambdas.point_in_time_drill.settings import Settings
from lambdas.shared import aws
from lambdas.shared.observability import logger

driller = Driller(Settings.from_environment(), aws.client("rds"), aws.client("s3"))


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    return driller.respond(event)
