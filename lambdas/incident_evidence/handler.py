from functools import cache, partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.incident_evidence.gather_evidence import gather_evidence
from lambdas.incident_evidence.settings import Settings
from lambdas.shared import aws
from lambdas.shared.observability import logger

settings = Settings.from_environment()
# One attempt: what does not answer at once is no evidence while people wait for it.
client = cache(partial(aws.client, connect_timeout=2, read_timeout=4, attempts=1))


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return gather_evidence(event, settings, client)
