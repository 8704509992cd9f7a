"""Is the database fine?  What the check of it sees; what RDS says of the instance comes with the alarms on it."""

from lambdas.vocabulary.metrics import Dimension, Metric
from lambdas.vocabulary.names import physical_name
from stacks.alarms.spec import Statistic
from stacks.dashboard.definition import Graph, LogLines, Shown, Widget
from stacks.dashboard.own import MINUTE, of_database, own
from stacks.settings import Environment, ExternalDatabase

NEWEST_CHECKS = (
    "fields @timestamp, latency_ms, connect_ms, measurements.connections.used, measurements.connections.used_percent"
    " | filter message = 'database checked' | sort @timestamp desc | limit 20"
)


def look_into(environment: Environment) -> list[Widget]:
    seconds = environment.database_check.interval_minutes * MINUTE
    reachable = own(
        environment,
        Metric.DATABASE_REACHABLE,
        Statistic.MINIMUM,
        seconds,
        "reachable",
        **{Dimension.DATABASE: environment.database.name},
    )
    log = f"/aws/lambda/{physical_name(environment, 'database_check')}"
    return [
        Graph("Reachable now (1) or not (0)", (reachable,), newest=True),
        Graph("Reachable", (reachable,)),
        *_connections(environment, seconds),
        LogLines("Round trip and connections, by the newest checks", (log,), NEWEST_CHECKS, width=12),
    ]


def _connections(environment: Environment, seconds: int) -> list[Widget]:
    """Of an instance at RDS its own count is drawn, with the alarm on it."""
    if not isinstance(environment.database, ExternalDatabase):
        return []
    used = of_database(environment, Metric.CONNECTIONS_USED, seconds, "used")
    return [Graph("Connections", (used,), Shown.PERCENT)]
