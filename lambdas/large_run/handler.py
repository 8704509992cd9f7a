from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.large_run.respond import Runner
from lambdas.large_run.settings import Settings
from lambdas.shared import aws
from lambdas.shared.observability import logger

runner = Runner(Settings.from_environment(), aws.client("ec2"), aws.client("s3"), aws.client("lambda"))


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    return runner.respond(event)
