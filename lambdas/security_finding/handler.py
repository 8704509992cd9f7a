from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.security_finding.publish import publish_event
from lambdas.security_finding.published import PublishedTable
from lambdas.security_finding.settings import Settings
from lambdas.shared import aws
from lambdas.shared.observability import logger

settings = Settings.from_environment()
published = PublishedTable(aws.client("dynamodb"), settings.table)
sns = aws.client("sns")
iam = aws.client("iam")


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return publish_event(settings, event, published, sns=sns, iam=iam)
