import os
from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.error_digest.digest import Dependencies, Digest
from lambdas.error_digest.settings import Settings
from lambdas.shared import aws
from lambdas.shared.error_tracking.source_maps import mapping
from lambdas.shared.error_tracking.suspects import suspects
from lambdas.shared.error_tracking.table import ErrorTable
from lambdas.shared.observability import logger

settings = Settings.from_environment()
client = partial(aws.client, connect_timeout=2, read_timeout=5, attempts=4)
table = ErrorTable(client("dynamodb"), settings.table, keep=settings.issue_retention)
own_log_group = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME", "")
s3 = client("s3")
digest = Digest(
    settings,
    Dependencies(
        table,
        s3,
        client("sns"),
        mapped=mapping(s3, settings.bucket),
        suspects=suspects,
        own_log_group=own_log_group,
    ),
)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return digest.take(event)
