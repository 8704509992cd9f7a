from functools import cache, partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.incident_evidence.gather_evidence import gather_evidence
from lambdas.incident_evidence.settings import Settings
from lambdas.shared import aws
from lambdas.shared.observability import logger

settings = Settings.from_environment()
# One attempt: what does not answer at once is no evidence while people wait for it.
_client = partial(aws.client, connect_timeout=2, attempts=1)
WAITS_FOR_INCIDENT = 12  # seconds: it writes to people before it answers


@cache
def client(service: str) -> Any:
    return _client(service, read_timeout=WAITS_FOR_INCIDENT if service == "lambda" else 4)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return gather_evidence(event, settings, client)
