"""Series of the system's own metrics."""

from lambdas.vocabulary.metrics import Dimension, Metric
from stacks.alarms.spec import Statistic
from stacks.dashboard.definition import Series
from stacks.settings import Environment

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def own(
    environment: Environment,
    metric: Metric,
    statistic: str = Statistic.MAXIMUM,
    seconds: int = 5 * MINUTE,
    label: str = "",
    **subject: str,
) -> Series:
    dimensions = {Dimension.ENVIRONMENT: environment.name, **subject}
    pairs = tuple((str(name), value) for name, value in dimensions.items())
    return Series(
        environment.names.namespace, str(metric), pairs, str(statistic), seconds, label or str(metric).replace("_", " ")
    )


def of_database(environment: Environment, metric: Metric, seconds: int, label: str = "") -> Series:
    return own(environment, metric, seconds=seconds, label=label, **{Dimension.DATABASE: environment.database.name})
