from typing import Any

import boto3
from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.security_finding.publish import publish_event
from lambdas.security_finding.published import PublishedTable
from lambdas.security_finding.settings import Settings
from lambdas.shared.observability import logger

settings = Settings.from_environment()
published = PublishedTable(boto3.client("dynamodb"), settings.table)
sns = boto3.client("sns")
iam = boto3.client("iam")


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return publish_event(settings, event, published, sns=sns, iam=iam)
