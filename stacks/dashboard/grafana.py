"""The dashboard as a file that any Grafana from 11.6 on imports; it asks for a CloudWatch data source.

Built with Grafana's own types, so that what it does not know cannot be written.  Its CloudWatch data source has no
query for the states of alarms (grafana/grafana#77962): they are listed with links to where they are.
"""

import json
from collections.abc import Iterator
from typing import TypeVar

from grafana_foundation_sdk.builders import cloudwatch, dashboard, logs, stat, text, timeseries
from grafana_foundation_sdk.builders.common import GraphThresholdsStyleConfig
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.cloudwatch import (
    CloudWatchMetricsQuery,
    CloudWatchQueryMode,
    MetricEditorMode,
    MetricQueryType,
)
from grafana_foundation_sdk.models.common import GraphThresholdsStyleMode
from grafana_foundation_sdk.models.dashboard import (
    DataSourceRef,
    DynamicConfigValue,
    GridPos,
    Threshold,
    ThresholdsMode,
)

from stacks.dashboard.cloudwatch import identifier, renamed
from stacks.dashboard.colours import COLOURS, FINE, MARKS
from stacks.dashboard.console import console_in
from stacks.dashboard.definition import (
    Dashboard,
    Graph,
    Limit,
    Line,
    LogLines,
    Series,
    Shown,
    States,
    View,
    Words,
)
from stacks.dashboard.layout import Placed, placed

_P = TypeVar("_P", stat.Panel, timeseries.Panel)
SOURCE = DataSourceRef(type_val="cloudwatch", uid="${datasource}")
_UNITS = {
    Shown.NUMBER: "short",
    Shown.PERCENT: "percent",
    Shown.HOURS: "h",
    Shown.MINUTES: "m",
    Shown.SECONDS: "s",
    Shown.MILLISECONDS: "ms",
    Shown.BYTES: "decbytes",
    Shown.DOLLARS: "currencyUSD",
}
_MARKS = [
    DynamicConfigValue(id_val="custom.axisPlacement", value="right"),
    DynamicConfigValue(id_val="min", value=0),
    DynamicConfigValue(id_val="max", value=1),
    DynamicConfigValue(id_val="unit", value="none"),
    DynamicConfigValue(id_val="color", value={"mode": "fixed", "fixedColor": MARKS}),
]


def file_of(definition: Dashboard) -> str:
    """JSON, with a line for each value, so that a change can be read."""
    builder = (
        dashboard.Dashboard(f"{definition.service.title} {definition.environment}")
        .uid(definition.name)
        .tags([definition.service.service, definition.environment])
        .time("now-24h", "now")
        .timezone("utc")
        .refresh("5m")
        .with_variable(dashboard.DatasourceVariable("datasource").label("CloudWatch").type("cloudwatch"))
    )
    for number, one in enumerate(placed(definition), start=1):
        builder = builder.with_panel(_panel(one, definition.region).id(number))
    return json.dumps(builder.build(), cls=JSONEncoder, indent=2, ensure_ascii=False) + "\n"


def _panel(one: Placed, region: str) -> stat.Panel | timeseries.Panel | logs.Panel | text.Panel:
    widget = one.widget
    place = GridPos(x=one.x, y=one.y, w=widget.width, h=widget.height)
    match widget:
        case Graph(newest=True):
            number = stat.Panel().thresholds(_thresholds(widget.limits))
            return _with_queries(number, widget, region).grid_pos(place)
        case Graph():
            style = GraphThresholdsStyleMode.LINE if widget.limits else GraphThresholdsStyleMode.OFF
            course = timeseries.Panel().min(0).thresholds(_thresholds(widget.limits))
            course = course.thresholds_style(GraphThresholdsStyleConfig().mode(style))
            if widget.marks:
                course = course.override_by_name(widget.marks.label, _MARKS)
            return _with_queries(course, widget, region).grid_pos(place)
        case LogLines():
            lines = logs.Panel().title(widget.title).datasource(SOURCE)
            return lines.with_target(_logs(widget, region)).grid_pos(place)
        case Words() | States() | View():
            return text.Panel().content(_markdown(widget, region)).transparent(True).grid_pos(place)


def _with_queries(panel: _P, graph: Graph, region: str) -> _P:
    panel = panel.title(graph.title).datasource(SOURCE).unit(_UNITS[graph.shown])
    for query in _queries(graph, region):
        panel = panel.with_target(query)
    return panel


def _queries(graph: Graph, region: str) -> Iterator[Builder[CloudWatchMetricsQuery]]:
    queries = (query for number, line in enumerate(graph.drawn) for query in _queries_of(line, number, region))
    for count, query in enumerate(queries):
        yield query.ref_id(f"Q{count}")


def _queries_of(line: Line, number: int, region: str) -> Iterator[cloudwatch.CloudWatchMetricsQuery]:
    if isinstance(line, Series):
        yield _metric(line, region).id(f"line{number}").label(line.label or line.metric)
        return
    yield (
        _query(region)
        .id(f"formula{number}")
        .metric_editor_mode(MetricEditorMode.CODE)
        .expression(renamed(line, number))
        .label(line.label)
        .period(str(line.seconds))
    )
    for name, series in line.series:
        yield _metric(series, region).id(identifier(name, number)).hide(True)


def _metric(series: Series, region: str) -> cloudwatch.CloudWatchMetricsQuery:
    return (
        _query(series.region or region)
        .metric_editor_mode(MetricEditorMode.BUILDER)
        .namespace(series.namespace)
        .metric_name(series.metric)
        .dimensions(dict(series.dimensions))
        .match_exact(True)
        .statistic(series.statistic)
        .period(str(series.seconds))
    )


def _query(region: str) -> cloudwatch.CloudWatchMetricsQuery:
    return (
        cloudwatch.CloudWatchMetricsQuery()
        .datasource(SOURCE)
        .query_mode(CloudWatchQueryMode.METRICS)
        .metric_query_type(MetricQueryType.SEARCH)
        .region(region)
    )


def _logs(lines: LogLines, region: str) -> cloudwatch.CloudWatchLogsQuery:
    return (
        cloudwatch.CloudWatchLogsQuery()
        .datasource(SOURCE)
        .query_mode(CloudWatchQueryMode.LOGS)
        .ref_id("Q0")
        .id("lines")
        .region(region)
        .expression(lines.query)
        .log_group_names(list(lines.groups))
    )


def _thresholds(limits: tuple[Limit, ...]) -> dashboard.ThresholdsConfig:
    """Steps from below: what a value is worth from each on, the first from minus infinity on."""
    below = sorted((limit for limit in limits if limit.below), key=lambda limit: limit.value)
    above = sorted((limit for limit in limits if not limit.below), key=lambda limit: limit.value)
    colours = [*(COLOURS[limit.level] for limit in below), FINE, *(COLOURS[limit.level] for limit in above)]
    values = [None, *(limit.value for limit in [*below, *above])]
    steps = [Threshold(value=value, color=colour) for value, colour in zip(values, colours, strict=True)]
    return dashboard.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(steps)


def _markdown(widget: Words | States | View, region: str) -> str:
    if isinstance(widget, Words):
        return widget.markdown
    if isinstance(widget, View):
        return f"**{widget.title}**: on the dashboard in CloudWatch, which runs the function `{widget.function}`"
    console = f"{console_in(region)}#alarmsV2"
    if widget.firing:
        return f"**{widget.title}**\n\n[those in alarm]({console}:?~(alarmStateFilter~'ALARM))"
    links = " · ".join(f"[{name}]({console}:alarm/{name})" for name in widget.alarms)
    return f"**{widget.title}** {links}"
