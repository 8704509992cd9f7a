from functools import cache
from importlib.resources import files
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.health_check import endpoints as monitored
from lambdas.review.make_review import make_review
from lambdas.review.settings import Settings
from lambdas.shared import aws
from lambdas.shared.observability import logger

HOMES = {"ce": "us-east-1", "pricing": "us-east-1"}  # they answer for all regions, from there

settings = Settings.from_environment()
endpoints = tuple(each.name for each in monitored.endpoints_in(files(monitored.PACKAGE)))


@cache
def client(service: str) -> Any:
    return aws.client(service, region=HOMES.get(service))


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return make_review(event, settings, client, endpoints)
