"""Whether what functions publish in their logs becomes metrics: alarms look at nothing else."""

from datetime import timedelta

from lambdas.self_test.probe import Probe, Seen, Situation, failed, passed
from lambdas.shared.quantities import duration
from lambdas.shared.service import own_names
from lambdas.vocabulary.metrics import Dimension, Metric
from lambdas.vocabulary.self_test import ProbeName

_LEAST = timedelta(hours=1)
_LATE = timedelta(minutes=10)
"""What a run takes, and its values to be found."""
_MINUTE = 60


def _ask(situation: Situation) -> Seen:
    settings = situation.settings
    window = max(_LEAST, 2 * settings.database_check_interval + _LATE)
    dimensions = {Dimension.ENVIRONMENT: settings.environment, Dimension.DATABASE: settings.database}
    found = situation.client("cloudwatch").get_metric_statistics(
        Namespace=own_names().namespace,
        MetricName=str(Metric.DATABASE_REACHABLE),
        Dimensions=[{"Name": str(name), "Value": value} for name, value in dimensions.items()],
        StartTime=situation.at - window,
        EndTime=situation.at,
        Period=_MINUTE,
        Statistics=["SampleCount"],
    )["Datapoints"]
    if not found:
        return failed(f"{Metric.DATABASE_REACHABLE} has no value of the last {duration(window)}")
    newest = max(point["Timestamp"] for point in found)
    return passed(
        f"{Metric.DATABASE_REACHABLE} has {len(found)} values of the last {duration(window)},"
        f" the newest {duration(situation.at - newest)} old"
    )


METRICS = Probe(
    name=ProbeName.METRICS,
    question="Do the metrics that the functions publish arrive in CloudWatch?",
    meaning="Alarms see nothing: those for which silence is bad go off, and the others say nothing of anything.",
    remedy=(
        "does database_check run (its log, its schedule)? If its lines with `database_reachable` are there and the"
        " metric is not, look whether something removed the log group or its data protection policy"
    ),
    ask=_ask,
)
