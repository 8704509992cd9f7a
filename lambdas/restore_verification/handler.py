from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.restore_verification.resources import Resources
from lambdas.restore_verification.respond import respond
from lambdas.restore_verification.settings import Settings
from lambdas.restore_verification.verify import Verifier
from lambdas.shared import aws
from lambdas.shared.catalogue import Catalogue
from lambdas.shared.observability import logger

settings = Settings.from_environment()
verifier = Verifier(settings, Catalogue(aws.client("s3"), settings.bucket))


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return respond(event, verifier, Resources.of(context))
