import importlib
import importlib.resources
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.health_check import endpoints as monitored
from lambdas.health_check.check_health import check_health, probe_for_home_region
from lambdas.health_check.other_regions import EVENT, answer_of, lambda_asker
from lambdas.health_check.probe_all import ProbeDependencies
from lambdas.health_check.remember import remember
from lambdas.health_check.settings import Settings
from lambdas.shared.clock import Deadline, slot_of
from lambdas.shared.endpoint_state.table import open_table
from lambdas.shared.guarded_http.certificates import client_context
from lambdas.shared.guarded_http.header_values import HeaderValues, aws_readers
from lambdas.shared.observability import logger

settings = Settings.from_environment()
folder = importlib.resources.files(monitored.PACKAGE)
endpoints = monitored.endpoints_in(folder)
dependencies = ProbeDependencies(
    client_context(monitored.authorities_in(folder)),
    HeaderValues(aws_readers()),
    settings.region if settings.other_regions else "",
    settings.reference,
)
table = open_table(settings.state_table) if settings.state_table else None


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    deadline = Deadline.of(context)
    if event.get(EVENT):
        return answer_of(probe_for_home_region(settings, endpoints, dependencies, event, deadline))
    regions = {region: lambda_asker(region, context.function_name, deadline) for region in settings.other_regions}
    slot = slot_of(event)
    results = check_health(settings, endpoints, dependencies, regions, slot=slot, deadline=deadline)
    if table:
        remember(table, results, slot, settings.rules)
    return answer_of(results)
