"""Lines that reach a log group become data of the metrics of its filters."""

from collections.abc import Callable, Iterator, Sequence
from http import HTTPStatus
from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import cloudwatch, cloudwatch_logs

from emulator.cloudwatch import log_patterns
from emulator.cloudwatch.errors import PatternError
from emulator.cloudwatch.metric_filters import Datum, Transformation, data_of, refusal

_put_metric_filter = cloudwatch_logs._put_metric_filter
_filter_log_events = cloudwatch_logs._filter_log_events
_GROUP = "logGroupName"
Append = Callable[[dict[str, Any], Sequence[dict[str, Any]]], None]


def register() -> None:
    cloudwatch_logs._append_log_events = measuring(cloudwatch_logs._append_log_events)
    cloudwatch_logs._put_metric_filter = put_metric_filter
    cloudwatch_logs._filter_log_events = filter_log_events
    cloudwatch_logs._compile_filter_pattern = log_patterns.read
    cloudwatch_logs._subscription_pattern_matches = lambda pattern, line: bool(log_patterns.read(pattern or "")(line))


def measuring(append: Append) -> Append:
    """Appending that also measures: another completion may have replaced MiniStack's before."""

    def append_and_measure(stream: dict[str, Any], events: Sequence[dict[str, Any]]) -> None:
        append(stream, events)
        _measure(stream, events)

    return append_and_measure


def _measure(stream: dict[str, Any], events: Sequence[dict[str, Any]]) -> None:
    group = _group_of(stream)
    lines = [(event["timestamp"] / 1000, event["message"]) for event in events]
    for metric_filter in list(cloudwatch_logs._metric_filters.values()):
        if metric_filter[_GROUP] == group:
            transformations = [Transformation.of(it) for it in metric_filter["metricTransformations"]]
            for datum in data_of(metric_filter["filterPattern"], transformations, lines):
                _record(datum)


def _group_of(stream: dict[str, Any]) -> str:
    """MiniStack's streams do not know their group; each is looked for once."""
    if _GROUP not in stream:
        stream[_GROUP] = next(_groups_with(stream), "")
    return str(stream[_GROUP])


def _groups_with(stream: dict[str, Any]) -> Iterator[str]:
    for name, group in cloudwatch_logs._log_groups.items():
        if any(it is stream for it in list(group["streams"].values())):
            yield name


def _record(datum: Datum) -> None:
    transformation = datum.transformation
    dimensions = dict(datum.dimensions)
    bucket = (transformation.namespace, transformation.name, cloudwatch._dims_key(dimensions))
    cloudwatch._metric_bucket(bucket).append(
        {
            "Timestamp": datum.moment,
            "Value": datum.value,
            "Unit": transformation.unit,
            "Dimensions": dimensions,
        }
    )


def put_metric_filter(request: dict[str, Any]) -> Any:
    transformations = [Transformation.of(it) for it in request.get("metricTransformations", ())]
    if reason := refusal(request.get("filterPattern", ""), transformations):
        return _refused(reason)
    return _put_metric_filter(request)


def filter_log_events(request: dict[str, Any]) -> Any:
    try:
        log_patterns.read(request.get("filterPattern") or "")
    except PatternError as error:
        return _refused(str(error))
    return _filter_log_events(request)


def _refused(reason: str) -> Any:
    return error_response_json("InvalidParameterException", reason, HTTPStatus.BAD_REQUEST)
