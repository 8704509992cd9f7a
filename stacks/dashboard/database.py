"""Is the database fine?  What the check of it sees; what RDS says of the instance comes with the alarms on it."""

from lambdas.vocabulary.metrics import Dimension, Metric
from stacks.constructs.alarms import Statistic
from stacks.dashboard.definition import Graph, Shown, Widget
from stacks.dashboard.own import MINUTE, of_database, own
from stacks.settings import Environment


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
    latency = of_database(environment, Metric.DATABASE_LATENCY, seconds, "round trip")
    connections = of_database(environment, Metric.CONNECTIONS_USED, seconds, "used")
    return [
        Graph("Reachable now (1) or not (0)", (reachable,), newest=True),
        Graph("Reachable", (reachable,)),
        Graph("Round trip of SELECT 1", (latency,), Shown.MILLISECONDS),
        Graph("Connections", (connections,), Shown.PERCENT),
    ]
