from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.point_in_time_check.check import Request, check
from lambdas.point_in_time_check.settings import Settings
from lambdas.shared import aws
from lambdas.shared.catalogue import Catalogue
from lambdas.shared.observability import logger
from lambdas.vocabulary.codec import decode, encode

settings = Settings.from_environment()
catalogue = Catalogue(aws.client("s3"), settings.bucket)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    return encode(check(decode(Request, event, ignore_unknown=True), settings, catalogue))
