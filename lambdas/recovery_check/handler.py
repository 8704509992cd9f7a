from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.recovery_check.check_recovery import check_recovery
from lambdas.recovery_check.settings import Settings
from lambdas.shared import aws
from lambdas.shared.catalogue import Catalogue
from lambdas.shared.observability import logger

settings = Settings.from_environment()
catalogue = Catalogue(aws.client("s3"), settings.bucket)
rds = aws.client("rds") if settings.instance_identifier else None


@logger.inject_lambda_context
def handler(event: dict[str, object], context: LambdaContext) -> dict[str, float | None]:
    return check_recovery(settings, catalogue, rds)
