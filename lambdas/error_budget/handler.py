from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.error_budget.judge_budgets import judge_budgets
from lambdas.error_budget.settings import Settings
from lambdas.shared import aws
from lambdas.shared.clock import slot_of
from lambdas.shared.observability import logger

settings = Settings.from_environment()
cloudwatch = aws.client("cloudwatch")


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> list[dict[str, Any]]:
    return judge_budgets(settings, cloudwatch, slot_of(event))
