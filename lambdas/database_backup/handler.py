from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.database_backup.back_up import answer, back_up
from lambdas.database_backup.log_and_wrap import log_and_wrap_errors
from lambdas.database_backup.request import Request
from lambdas.database_backup.self_test import reach_source
from lambdas.database_backup.settings import Settings
from lambdas.shared import aws
from lambdas.shared.clock import Deadline
from lambdas.shared.large_runs import raise_failed
from lambdas.shared.observability import logger
from lambdas.shared.postgres import Login, log_in
from lambdas.vocabulary.codec import encode
from lambdas.vocabulary.self_test import SELF_TEST_EVENT

settings = Settings.from_environment()
# A bucket that does not answer must not eat the time that cleaning up needs.
s3 = aws.client("s3", connect_timeout=5, read_timeout=20, attempts=4)


def login() -> Login:
    return log_in(settings, aws.session())


@logger.inject_lambda_context
def handler(event: Any, context: LambdaContext) -> dict[str, Any]:
    if event == SELF_TEST_EVENT:
        met: dict[str, Any] = encode(reach_source(settings, log_in=login, deadline=Deadline.of(context)))
        return met
    raise_failed(event)
    with log_and_wrap_errors(settings.database, settings.bucket):
        request = Request.of(event, context.aws_request_id)
    logger.set_correlation_id(request.correlation_id)
    return answer(back_up(settings, request, s3=s3, log_in=login, deadline=Deadline.of(context)))
