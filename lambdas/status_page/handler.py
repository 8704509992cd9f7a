import importlib.resources
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.health_check import endpoints as monitored
from lambdas.shared import aws
from lambdas.shared.endpoint_state.table import open_table
from lambdas.shared.observability import logger
from lambdas.status_page.look import Look, logo_in
from lambdas.status_page.publish_page import Shown, Written, publish_page
from lambdas.status_page.settings import Settings

settings = Settings.from_environment()
table = open_table(settings.table)
s3 = aws.client("s3")
folder = importlib.resources.files(monitored.PACKAGE)
public = [endpoint for endpoint in monitored.endpoints_in(folder) if endpoint.public]
shown = Shown(
    [endpoint.name for endpoint in public],
    {endpoint.name: endpoint.group for endpoint in public if endpoint.group},
    Look(logo_in(folder), settings.accent, settings.accent_dark),
)
written = Written()


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return publish_page(settings, table, s3, shown, written=written)
