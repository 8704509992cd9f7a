"""Tables in which a function remembers, from run to run, what it saw of its subjects."""

from typing import Any

from aws_cdk import RemovalPolicy, aws_dynamodb
from constructs import Construct

from lambdas.database_check.settings import KEY
from lambdas.prometheus_scrape.sources import JOB
from lambdas.vocabulary import notices
from lambdas.vocabulary.endpoints import ENDPOINT, EXPIRES_AT, RECORD
from lambdas.vocabulary.names import physical_name
from stacks.platform.kept import KEPT
from stacks.platform.nag_suppressions import acknowledge
from stacks.settings import Environment


def endpoint_states(scope: Construct, environment: Environment) -> aws_dynamodb.Table:
    return kept_table(
        scope,
        "EndpointStates",
        physical_name(environment, "endpoint-states"),
        partition_key=text(ENDPOINT),
        sort_key=text(RECORD),
        time_to_live_attribute=EXPIRES_AT,
    )


def incidents_table(scope: Construct, environment: Environment) -> aws_dynamodb.Table:
    return kept_table(
        scope,
        "Incidents",
        physical_name(environment, "incidents"),
        partition_key=text(notices.RECORD),
        sort_key=text(notices.IDENTIFIER),
        time_to_live_attribute=notices.EXPIRES_AT,
    )


def database_states(scope: Construct, environment: Environment) -> aws_dynamodb.Table:
    return kept_table(scope, "DatabaseStates", physical_name(environment, "database-states"), partition_key=text(KEY))


def prometheus_states(scope: Construct, environment: Environment) -> aws_dynamodb.Table:
    return passing_table(
        scope,
        "States",
        physical_name(environment, "prometheus-states"),
        "What it holds is of use until the next scrape; without it that one counts from there.",
        partition_key=text(JOB),
    )


def kept_table(scope: Construct, identifier: str, name: str, **keys: Any) -> aws_dynamodb.Table:
    return aws_dynamodb.Table(
        scope,
        identifier,
        table_name=name,
        billing_mode=aws_dynamodb.BillingMode.PAY_PER_REQUEST,
        point_in_time_recovery_specification=aws_dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
        removal_policy=KEPT,
        **keys,
    )


def passing_table(scope: Construct, identifier: str, name: str, because: str, **keys: Any) -> aws_dynamodb.Table:
    """One that goes with its stack: `because` says why nobody wants back what was in it.

    A kept one would be in the way when its stack comes back.
    """
    table = aws_dynamodb.Table(
        scope,
        identifier,
        table_name=name,
        billing_mode=aws_dynamodb.BillingMode.PAY_PER_REQUEST,
        removal_policy=RemovalPolicy.DESTROY,
        **keys,
    )
    acknowledge(table, {"DDB3": because})
    return table


def text(name: str) -> aws_dynamodb.Attribute:
    return aws_dynamodb.Attribute(name=name, type=aws_dynamodb.AttributeType.STRING)
