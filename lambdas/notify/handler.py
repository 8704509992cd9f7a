from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.config import Config
from botocore.session import get_session

from lambdas.notify.channel import Channel, Store
from lambdas.notify.deliver import Deliverer
from lambdas.notify.gather import Gatherer
from lambdas.notify.notify import Notifier
from lambdas.notify.queue import Queue
from lambdas.notify.secrets import Secrets
from lambdas.notify.send import Sender
from lambdas.notify.settings import BATCH, Settings
from lambdas.notify.table import NoticeTable
from lambdas.shared.clock import Deadline
from lambdas.shared.observability import logger

settings = Settings.from_environment()
session = get_session()
config = Config(
    connect_timeout=2,
    read_timeout=3,
    max_pool_connections=BATCH,
    retries={"mode": "standard", "total_max_attempts": 3},
)
table = NoticeTable(session.create_client("dynamodb", config=config), settings.table)
queue = Queue(session.create_client("sqs", config=config), settings.queue_url)
sns = session.create_client("sns", config=config)
vault: Any = session.create_client("secretsmanager", config=config)
parameters: Any = session.create_client("ssm", config=config)
secrets = Secrets(
    {
        Store.SECRET: lambda name: vault.get_secret_value(SecretId=name)["SecretString"],
        Store.PARAMETER: lambda name: parameters.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"],
    }
)
channels = {channel.name: channel for channel in map(Channel.from_json, settings.channels)}


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    gatherer = Gatherer(settings, tuple(channels.values()), table, queue)
    deliverer = Deliverer(settings, channels, table, queue, Sender(secrets, Deadline.of(context), sns=sns))
    return Notifier(gatherer, deliverer).handle_all(event["Records"])
