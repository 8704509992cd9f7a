from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.database_check.check_database import check_database
from lambdas.database_check.settings import Settings
from lambdas.database_check.states import InMemory, InTable
from lambdas.shared import aws
from lambdas.shared.clock import Deadline, slot_of
from lambdas.shared.observability import logger
from lambdas.shared.postgres import log_in

settings = Settings.from_environment()
# The state is a convenience: a table that does not answer must not cost the check its time.
states = (
    InTable(
        aws.client("dynamodb", connect_timeout=1, read_timeout=1, attempts=2), settings.state_table, settings.database
    )
    if settings.state_table
    else InMemory()
)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return check_database(
        settings, lambda: log_in(settings, aws.session()), states, slot=slot_of(event), deadline=Deadline.of(context)
    )
