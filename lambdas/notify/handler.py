from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.notify.channel import Channel, Store
from lambdas.notify.deliver import Deliverer
from lambdas.notify.gather import Gatherer
from lambdas.notify.notify import Notifier
from lambdas.notify.queue import Queue
from lambdas.notify.quiet_hours import QuietHours
from lambdas.notify.secrets import Secrets
from lambdas.notify.send import Sender
from lambdas.notify.settings import BATCH, Settings
from lambdas.notify.table import NoticeTable
from lambdas.shared import aws
from lambdas.shared.clock import Deadline
from lambdas.shared.observability import logger
from lambdas.shared.stored_values import parameter, secret
from lambdas.vocabulary.notices import INCIDENTS

WAITS_FOR_INCIDENTS = 22  # seconds of the function's thirty; the outbox is the second try

settings = Settings.from_environment()
client = partial(aws.client, connect_timeout=2, read_timeout=3, attempts=3, connections=BATCH)
table = NoticeTable(client("dynamodb"), settings.table)
queue = Queue(client("sqs"), settings.queue_url)
sns = client("sns")
vault, parameters = client("secretsmanager"), client("ssm")
secrets = Secrets(
    {
        Store.SECRET: partial(secret, vault),
        Store.PARAMETER: partial(parameter, parameters),
    }
)
quiet = QuietHours.of(settings.quiet_hours, settings.timezone)
channels = {channel.name: channel for channel in map(Channel.from_json, settings.channels)}

functions = None  # where nobody is on call there is nothing to load
if INCIDENTS in channels:
    functions = aws.client("lambda", connect_timeout=2, read_timeout=WAITS_FOR_INCIDENTS, attempts=1)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    gatherer = Gatherer(settings, tuple(channels.values()), table, queue, quiet=quiet)
    send = Sender(secrets, Deadline.of(context), sns=sns, functions=functions)
    deliverer = Deliverer(settings, channels, table, queue, send)
    return Notifier(gatherer, deliverer).handle_all(event["Records"])
