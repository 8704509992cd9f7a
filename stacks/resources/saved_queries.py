"""Questions to the logs that are asked in every incident, ready in CloudWatch Logs Insights."""

from collections.abc import Iterator
from dataclasses import dataclass

from aws_cdk import aws_logs
from constructs import Construct

from lambdas.vocabulary.log_contract import Event, Field
from lambdas.vocabulary.names import physical_name
from lambdas.vocabulary.saved_queries import QueryName, folder_of_queries
from stacks.platform.database_connection import Connection
from stacks.settings import Environment

SLOW_STATEMENTS = r"/duration: (?<duration_ms>[\d.]+) ms\s+(?:statement|execute [^:]*): (?<statement>.*)/"
"""A line of PostgreSQL's log for a statement that took longer than `log_min_duration_statement`."""

TOLD = (
    Field.SERVICE,
    Field.EVENT,
    Field.LEVEL,
    Field.MESSAGE,
    Field.ROUTE,
    Field.STATUS,
    Field.DURATION_MS,
    Field.ERROR_TYPE,
    Field.ERROR_MESSAGE,
)
BUDGET = ("burn_1h", "burn_6h", "burn_1d", "burn_3d", "budget_left_percent")


@dataclass(frozen=True)
class SavedQuery:
    """A question by name; `steps` are the lines of the query, without their bars."""

    name: str
    groups: tuple[str, ...]
    steps: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n| ".join(self.steps)


class SavedQueries(Construct):
    """Saved in a folder of the environment's name, `<service>-<environment>/`."""

    def __init__(self, scope: Construct, environment: Environment, connection: Connection) -> None:
        super().__init__(scope, "SavedQueries")
        for query in (*_of_the_api(environment), *_of_the_database(environment, connection), *_of_ours(environment)):
            aws_logs.CfnQueryDefinition(
                self,
                query.name.title().replace(" ", ""),
                name=f"{folder_of_queries(environment)}{query.name}",
                query_string=query.text,
                log_group_names=list(query.groups),
            )


def _of_the_api(environment: Environment) -> Iterator[SavedQuery]:
    def query(name: str, event: Event, *steps: str) -> SavedQuery:
        of_event = f'filter {Field.EVENT} = "{event}" and {Field.ENVIRONMENT} = "{environment.name}"'
        return SavedQuery(name, (environment.backend_log_group,), (of_event, *steps))

    slow = environment.objectives.latency_ms
    yield query(
        QueryName.ERRORS_BY_ROUTE,
        Event.ERROR,
        f"stats count(*) as errors, latest({Field.ERROR_MESSAGE}) as newest, latest({Field.REQUEST_ID}) as request,"
        f" latest({Field.RELEASE}) as newest_release by {Field.ROUTE}, {Field.ERROR_TYPE}",
        "sort errors desc",
    )
    yield query(
        "errors by release",
        Event.ERROR,
        f"stats count(*) as errors, min(@timestamp) as first_seen, max(@timestamp) as last_seen by {Field.RELEASE},"
        f" {Field.ERROR_TYPE}",
        "sort first_seen desc",
    )
    yield query(
        "refused requests",
        Event.REQUEST,
        f"filter {Field.STATUS} >= 400 and {Field.STATUS} < 500",
        f"stats count(*) as requests by {Field.STATUS}, {Field.METHOD}, {Field.ROUTE}",
        "sort requests desc",
    )
    yield query(
        "slow requests",
        Event.REQUEST,
        f"filter {Field.DURATION_MS} > {slow}",
        f"fields @timestamp, {Field.DURATION_MS}, {Field.METHOD}, {Field.ROUTE}, {Field.STATUS}, {Field.REQUEST_ID},"
        f" {Field.RELEASE}",
        f"sort {Field.DURATION_MS} desc",
        "limit 100",
    )
    yield query(
        QueryName.LATENCY_BY_ROUTE,
        Event.REQUEST,
        f"stats count(*) as requests, pct({Field.DURATION_MS}, 50) as p50, pct({Field.DURATION_MS}, 95) as p95,"
        f" pct({Field.DURATION_MS}, 99) as p99 by {Field.METHOD}, {Field.ROUTE}",
        "sort p95 desc",
    )
    yield SavedQuery(
        QueryName.ONE_REQUEST,
        (environment.backend_log_group,),
        (
            f'filter {Field.REQUEST_ID} = "put the request id here"',
            f"fields @timestamp, {', '.join(TOLD)}",
            "sort @timestamp asc",
        ),
    )
    for who, other in ((Field.CLIENT, Field.USER), (Field.USER, Field.CLIENT)):
        yield query(
            f"failed logins by {'address' if who is Field.CLIENT else 'user'}",
            Event.LOGIN_FAILED,
            f"stats count(*) as failures, count_distinct({other}) as {other}s, min(@timestamp) as first_seen,"
            f" max(@timestamp) as last_seen by {who}",
            "sort failures desc",
            "limit 50",
        )
    yield query(
        "suspicious requests",
        Event.SUSPICIOUS_REQUEST,
        f"stats count(*) as requests, max(@timestamp) as last_seen by {Field.CLIENT}, {Field.REASON}",
        "sort requests desc",
        "limit 50",
    )


def _of_the_database(environment: Environment, connection: Connection) -> Iterator[SavedQuery]:
    if connection.instance_identifier:
        yield SavedQuery(
            "slow statements in the database's log",
            (f"/aws/rds/instance/{connection.instance_identifier}/postgresql",),
            (
                "filter @message like /duration: /",
                f"parse @message {SLOW_STATEMENTS}",
                "fields @timestamp, duration_ms, statement",
                "sort duration_ms desc",
                "limit 100",
            ),
        )
    yield SavedQuery(
        "slow statements by mean time",
        (_log_of(environment, "database_check"),),
        (
            'filter message = "database checked"',
            "sort @timestamp desc",
            "limit 1",
            "display @timestamp, @message",
        ),
    )


def _of_ours(environment: Environment) -> Iterator[SavedQuery]:
    yield SavedQuery(
        "unhealthy endpoints",
        (_log_of(environment, "health_check"),),
        (
            'filter message = "endpoint is unhealthy"',
            "fields @timestamp, endpoint, state, reason, detail, status, timings.total",
            "sort @timestamp desc",
            "limit 100",
        ),
    )
    yield SavedQuery(
        "trouble with backups",
        tuple(_log_of(environment, folder) for folder in ("database_backup", "restore_verification", "recovery_check")),
        (
            'filter level in ["WARNING", "ERROR", "CRITICAL"]',
            "fields @timestamp, level, service, message, exception_name",
            "sort @timestamp desc",
            "limit 100",
        ),
    )
    yield SavedQuery(
        "error budgets",
        (_log_of(environment, "error_budget"),),
        (
            'filter message = "error budget"',
            f"stats {', '.join(f'latest({name}) as {name}_now' for name in BUDGET)} by objective, seen_by",
        ),
    )


def _log_of(environment: Environment, folder: str) -> str:
    return f"/aws/lambda/{physical_name(environment, folder)}"
