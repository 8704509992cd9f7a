from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.session import get_session

from lambdas.error_budget.judge_budgets import judge_budgets
from lambdas.error_budget.settings import Settings
from lambdas.shared.clock import slot_of
from lambdas.shared.observability import logger

settings = Settings.from_environment()
cloudwatch = get_session().create_client("cloudwatch")


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> list[dict[str, Any]]:
    return judge_budgets(settings, cloudwatch, slot_of(event))
