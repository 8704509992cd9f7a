import importlib.resources
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.health_check.endpoints import PACKAGE, authorities_in
from lambdas.prometheus_scrape.fetch import Fetching
from lambdas.prometheus_scrape.scrape import scrape
from lambdas.prometheus_scrape.settings import Settings
from lambdas.prometheus_scrape.state import States
from lambdas.shared import aws
from lambdas.shared.clock import Deadline, slot_of
from lambdas.shared.guarded_http.certificates import client_context
from lambdas.shared.guarded_http.header_values import HeaderValues, aws_readers
from lambdas.shared.observability import logger

settings = Settings.from_environment()
fetching = Fetching(
    client_context(authorities_in(importlib.resources.files(PACKAGE))),
    HeaderValues(aws_readers()),
)
states = States(aws.client("dynamodb", connect_timeout=3, read_timeout=5), settings.state_table)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> list[dict[str, Any]]:
    due, deadline = settings.due(event.get("minutes")), Deadline.of(context)
    results = scrape(settings.environment, due, fetching, states, slot=slot_of(event), deadline=deadline)
    return [result.as_dict() for result in results]
