from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.incident_answer import slack
from lambdas.incident_answer.pass_on import Decider
from lambdas.incident_answer.respond import Site, respond
from lambdas.incident_answer.settings import Settings
from lambdas.incident_answer.sources import Sources, reviews_in
from lambdas.shared import aws, clock
from lambdas.shared.incidents.table import IncidentTable
from lambdas.shared.observability import logger
from lambdas.shared.post import post
from lambdas.shared.service import own_names
from lambdas.shared.stored_values import StoredValues, parameter

KEPT_SECONDS = 60
"""A signing secret that was replaced is known after so long."""
PATIENT, PROMPT = 15, 1.8
"""Seconds for the function that decides: a person waits, Slack takes no answer after three."""

settings = Settings.from_environment()
values = StoredValues({"parameter": lambda name: parameter(aws.client("ssm", attempts=2), name)}, keep=KEPT_SECONDS)


def secret(name: str | None) -> Any:
    return partial(values.of, "parameter", name) if name else None


def decider(seconds: float) -> Decider:
    # One attempt: a second one would run beside the first.
    return Decider(
        aws.client("lambda", connect_timeout=1, read_timeout=seconds, attempts=1), settings.incident_function
    )


site = Site(
    sources=Sources(
        IncidentTable(aws.client("dynamodb", connect_timeout=1, read_timeout=3), settings.table),
        reviews_in(aws.client("s3"), settings.bucket),
        settings.known_rota,
        settings.known_people,
        clock.now,
    ),
    decider=decider(PATIENT),
    prompt_decider=decider(PROMPT),
    name=f"{own_names().service}-{settings.environment}",
    title=f"{own_names().title} {settings.environment}",
    slack_secret=secret(settings.slack_parameter),
    pagerduty_secret=secret(settings.pagerduty_parameter),
    post=partial(post, timeout=slack.ANSWER_TIMEOUT),
)


@logger.inject_lambda_context(log_event=False, masks_answer=False)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return respond(event, site)
