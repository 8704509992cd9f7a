from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.database_bootstrap.make_login import make_login, master_login
from lambdas.database_bootstrap.settings import Settings
from lambdas.shared.observability import logger

settings = Settings.from_environment()


@logger.inject_lambda_context(log_event=False)  # whatever the environment says: the event holds a password
def handler(event: dict[str, str], context: LambdaContext) -> dict[str, Any]:
    return make_login(master_login(settings, event)).as_dict()
