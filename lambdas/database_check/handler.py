from typing import Any

import botocore.session
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.config import Config

from lambdas.database_check.check_database import check_database
from lambdas.database_check.settings import Settings
from lambdas.database_check.states import InMemory, InTable
from lambdas.shared.clock import Deadline, slot_of
from lambdas.shared.observability import logger
from lambdas.shared.postgres import log_in

settings = Settings.from_environment()
session = botocore.session.get_session()
# The state is a convenience: a table that does not answer must not cost the check its time.
_PATIENCE = Config(connect_timeout=1, read_timeout=1, retries={"mode": "standard", "total_max_attempts": 2})
states = (
    InTable(session.create_client("dynamodb", config=_PATIENCE), settings.state_table, settings.database)
    if settings.state_table
    else InMemory()
)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return check_database(
        settings, lambda: log_in(settings, session), states, slot=slot_of(event), deadline=Deadline.of(context)
    )
