from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.error_releases.assemble import CONNECTIONS
from lambdas.error_releases.call import Dependencies
from lambdas.error_releases.respond import respond
from lambdas.error_releases.settings import Settings
from lambdas.shared import aws, clock
from lambdas.shared.error_tracking.table import ErrorTable
from lambdas.shared.observability import logger
from lambdas.shared.stored_values import StoredValues, parameter, secret

KEPT_SECONDS = 60
"""A token that was exchanged is known after so long."""

settings = Settings.from_environment()
tokens = settings.project_tokens
values = StoredValues(
    {
        "secret": lambda name: secret(aws.client("secretsmanager"), name),
        "parameter": lambda name: parameter(aws.client("ssm"), name),
    },
    keep=KEPT_SECONDS,
)
dependencies = Dependencies(
    table=ErrorTable(aws.client("dynamodb"), settings.table),
    s3=aws.client("s3", connections=CONNECTIONS),
    bucket=settings.bucket,
    organization=settings.organization,
    environment=settings.environment,
    clock=clock.now,
)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return respond(event, dependencies, tokens, values, clock.Deadline.of(context))
