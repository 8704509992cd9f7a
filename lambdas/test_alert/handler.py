from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.shared import aws
from lambdas.shared.observability import logger
from lambdas.test_alert.answers import Deliveries
from lambdas.test_alert.recipients import SUBSCRIPTIONS
from lambdas.test_alert.settings import Settings
from lambdas.test_alert.test_alert import Dependencies, check_subscriptions, send_test_alert
from lambdas.vocabulary.levels import Level

settings = Settings.from_environment()
means = Dependencies(aws.client("sns"), Deliveries(aws.client("dynamodb"), settings.table))


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    if event.get("only") == SUBSCRIPTIONS:
        return {"lost": check_subscriptions(settings, means.sns)}
    level, requested_by = Level(event["level"]), event["requested_by"]
    return send_test_alert(settings, means, level=level, requested_by=requested_by).as_dict()
