from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.copy_check.check_copies import check_copies
from lambdas.copy_check.copies import Copies
from lambdas.copy_check.settings import READ, Settings
from lambdas.shared import aws
from lambdas.shared.catalogue import Catalogue
from lambdas.shared.clock import Deadline, slot_of
from lambdas.shared.observability import logger

settings = Settings.from_environment()
copies = Copies(
    Catalogue(aws.client("s3"), settings.bucket),
    Catalogue(aws.client("s3", region=settings.copy_region), settings.copies),
    settings.copy_region,
    settings.copies_key,
)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    day = slot_of(event).date() if event.get(READ) else None
    return check_copies(settings, copies, read_of=day, deadline=Deadline.of(context)).as_dict()
