from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.error_relay.relay import Relay
from lambdas.error_relay.settings import PARAMETER, SECRET, Settings
from lambdas.shared import aws
from lambdas.shared.clock import Deadline
from lambdas.shared.observability import logger
from lambdas.shared.post import post
from lambdas.shared.stored_values import StoredValues, parameter, secret

KEPT = 300.0  # seconds: an operator who replaces the DSN need not deploy

settings = Settings.from_environment()
client = partial(aws.client, connect_timeout=2, read_timeout=5, attempts=2)
readers = {
    SECRET: lambda name: secret(client("secretsmanager"), name),
    PARAMETER: lambda name: parameter(client("ssm"), name),
}
send = partial(post, allow_private=settings.allow_private)
relay = Relay(settings, StoredValues(readers, KEPT), send, sqs=client("sqs"), s3=client("s3"))


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return relay.relay_all(event["Records"], Deadline.of(context))
