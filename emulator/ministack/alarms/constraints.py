"""What CloudWatch refuses in an alarm, each with the sentence it says."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from emulator.cloudwatch.alarms import Sources, evaluate
from emulator.cloudwatch.condition import BAND_COMPARISONS, COMPARISONS
from emulator.cloudwatch.errors import MathsError
from emulator.cloudwatch.statistics import UnknownStatisticError, value_of

_SHORT_PERIODS = (10, 20, 30)
_MINUTE, _HOUR, _DAY, _WEEK = 60, 3600, 86_400, 604_800
_LONGEST_DESCRIPTION, _MOST_ACTIONS, _MOST_METRICS, _LONGEST_RULE = 1024, 5, 10, 10_240
_ACTIONS = ("OKActions", "AlarmActions", "InsufficientDataActions")

Request = Mapping[str, Any]


def refusal_of_metric_alarm(request: Request) -> str | None:
    """The first reason why PutMetricAlarm refuses, None when it does not."""
    return next(_metric_alarm(request), None)


def refusal_of_composite_alarm(request: Request) -> str | None:
    return next(_composite_alarm(request), None)


def _composite_alarm(request: Request) -> Iterator[str]:
    yield from _any_alarm(request)
    if len(request.get("AlarmRule", "")) > _LONGEST_RULE:
        yield f"AlarmRule must not be longer than {_LONGEST_RULE} characters"
    periods = ("ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod")
    if request.get("ActionsSuppressor") and any(request.get(name) is None for name in periods):
        yield f"{' and '.join(periods)} are required with ActionsSuppressor"


def _any_alarm(request: Request) -> Iterator[str]:
    if len(request.get("AlarmDescription") or "") > _LONGEST_DESCRIPTION:
        yield f"AlarmDescription must not be longer than {_LONGEST_DESCRIPTION} characters"
    for kind in _ACTIONS:
        if len(request.get(kind) or ()) > _MOST_ACTIONS:
            yield f"{kind} must have at most {_MOST_ACTIONS} items"


def _metric_alarm(request: Request) -> Iterator[str]:
    yield from _any_alarm(request)
    if request.get("EvaluationCriteria") or "WallClockWindow" in (request.get("EvaluationWindow") or {}):
        yield "Alarms on PromQL and with a wall clock window are not evaluated here"
    if bool(request.get("Metrics")) == bool(request.get("MetricName")):
        yield "Exactly one of MetricName and Metrics must be specified"
    if request.get("ComparisonOperator") not in COMPARISONS:
        yield f"ComparisonOperator must be one of {', '.join(COMPARISONS)}"
    yield from _of_several(request) if request.get("Metrics") else _of_one_metric(request)
    yield from _threshold(request)
    yield from _periods(request)
    yield from _expressions(request)


def _of_one_metric(request: Request) -> Iterator[str]:
    if not request.get("Namespace") or not request.get("Period"):
        yield "Namespace and Period are required with MetricName"
    if bool(request.get("Statistic")) == bool(request.get("ExtendedStatistic")):
        yield "Exactly one of Statistic and ExtendedStatistic must be specified"


def _of_several(request: Request) -> Iterator[str]:
    metrics = request["Metrics"]
    stats = [query["MetricStat"] for query in metrics if query.get("MetricStat")]
    if len(stats) > _MOST_METRICS:
        yield f"An alarm can watch at most {_MOST_METRICS} metrics, not {len(stats)}"
    if len({query["Id"] for query in metrics}) < len(metrics):
        yield "The Ids in Metrics must be unique"
    if len({stat["Period"] for stat in stats}) > 1:
        yield "Period must be the same for all metrics"
    returned = [query["Id"] for query in metrics if query.get("ReturnData", True)]
    if len(set(returned) - {request.get("ThresholdMetricId")}) != 1:
        yield f"Exactly one element of Metrics must return data, not {', '.join(returned) or 'none'}"


def _threshold(request: Request) -> Iterator[str]:
    wanted = "ThresholdMetricId" if request["ComparisonOperator"] in BAND_COMPARISONS else "Threshold"
    other = {"Threshold": "ThresholdMetricId", "ThresholdMetricId": "Threshold"}[wanted]
    if request.get(wanted) is None or request.get(other) is not None:
        yield f"{request['ComparisonOperator']} needs {wanted} and not {other}"


def _periods(request: Request) -> Iterator[str]:
    stats = [query["MetricStat"] for query in request.get("Metrics") or () if query.get("MetricStat")]
    count = int(request.get("EvaluationPeriods") or 0)
    if count < 1 or not 1 <= int(request.get("DatapointsToAlarm") or count) <= count:
        yield "DatapointsToAlarm must be between 1 and EvaluationPeriods"
    for period in {int(each["Period"]) for each in stats or [request] if each.get("Period")}:
        if period % _MINUTE and period not in _SHORT_PERIODS:
            yield f"Period must be 10, 20, 30 or a multiple of 60, not {period}"
        if period * count > (_WEEK if period >= _HOUR else _DAY):
            yield "Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400)"


def _expressions(request: Request) -> Iterator[str]:
    """Reads statistics and expressions by evaluating the alarm without data."""
    try:
        for query in request.get("Metrics") or [{"MetricStat": {"Stat": request.get("ExtendedStatistic") or "Sum"}}]:
            value_of(query.get("MetricStat", {}).get("Stat", "Sum"), ())
        evaluate(request, datetime(2000, 1, 1, tzinfo=UTC), Sources(lambda _namespace, _name, _dimensions: ()))
    except (MathsError, UnknownStatisticError) as error:
        yield str(error)
