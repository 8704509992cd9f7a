"""The dashboard as CloudWatch draws it.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from stacks.dashboard.colours import COLOURS, MARKS, said
from stacks.dashboard.definition import Dashboard, Formula, Graph, Line, LogLines, Series, States, View, Widget, Words
from stacks.dashboard.layout import placed

ArnOf = Callable[[str, str], str]
"""The ARN of an `alarm` or a `function` by its name."""


def body_of(dashboard: Dashboard, arn_of: ArnOf) -> dict[str, Any]:
    widgets = [
        {"x": one.x, "y": one.y, "width": one.widget.width, "height": one.widget.height}
        | _drawn(one.widget, dashboard.region, arn_of)
        for one in placed(dashboard)
    ]
    return {"start": "-P1D", "periodOverride": "inherit", "widgets": widgets}


def _drawn(widget: Widget, region: str, arn_of: ArnOf) -> dict[str, Any]:
    match widget:
        case Words():
            return {"type": "text", "properties": {"markdown": widget.markdown, "background": "transparent"}}
        case States():
            alarms = [arn_of("alarm", name) for name in widget.alarms]
            properties = {"title": widget.title, "alarms": alarms}
            if widget.firing:
                properties |= {"sortBy": "stateUpdatedTimestamp", "states": ["ALARM"]}
            return {"type": "alarm", "properties": properties}
        case LogLines():
            sources = " | ".join(f"SOURCE '{group}'" for group in widget.groups)
            return {
                "type": "log",
                "properties": {
                    "title": widget.title,
                    "region": region,
                    "view": "table",
                    "query": f"{sources} | {widget.query}",
                },
            }
        case View():
            return {
                "type": "custom",
                "properties": {
                    "title": widget.title,
                    "endpoint": arn_of("function", widget.function),
                    "params": dict(widget.parameters),
                    "updateOn": {"refresh": True, "resize": False, "timeRange": False},
                },
            }
        case Graph():
            return {"type": "metric", "properties": _graph(widget, region)}


def _graph(graph: Graph, region: str) -> dict[str, Any]:
    regions = {line.region for line in graph.lines if isinstance(line, Series)} - {None}
    properties: dict[str, Any] = {
        "title": graph.title,
        "region": next(iter(regions), region),
        "view": "singleValue" if graph.newest else "timeSeries",
        "metrics": [
            *(metric for number, line in enumerate(graph.lines) for metric in _metrics(line, number)),
            *(_marks(graph.marks, len(graph.lines)) if graph.marks else ()),
        ],
        "yAxis": {"left": {"min": 0, "label": graph.shown, "showUnits": False}},
        "annotations": {
            "horizontal": [
                {
                    "label": said(limit),
                    "value": limit.value,
                    "color": COLOURS[limit.level],
                    "fill": "below" if limit.below else "above",
                }
                for limit in graph.limits
            ]
        },
    }
    if graph.marks:
        properties["yAxis"]["right"] = {"min": 0, "max": 1, "label": graph.marks.label, "showUnits": False}
    if graph.newest:
        properties |= {"sparkline": True, "setPeriodToTimeRange": False}
    return properties


def _metrics(line: Line, number: int) -> Iterator[list[Any]]:
    if isinstance(line, Series):
        yield _metric(line, label=line.label or line.metric)
        return
    expression = renamed(line, number)
    yield [{"expression": expression, "label": line.label, "id": f"formula{number}", "period": line.seconds}]
    for name, series in line.series:
        yield _metric(series, id=identifier(name, number), visible=False)


def _marks(marks: Formula, number: int) -> Iterator[list[Any]]:
    """CloudWatch takes annotations at times only that are known when the dashboard is written: so they are a line."""
    ((expression,), *series) = _metrics(marks, number)
    yield [{**expression, "yAxis": "right", "color": MARKS}]
    yield from series


def _metric(series: Series, **further: Any) -> list[Any]:
    return [*series.subject, {"stat": series.statistic, "period": series.seconds, **further}]


def identifier(name: str, number: int) -> str:
    """A name of a formula's series that no other formula of the graph uses."""
    return f"{name}_{number}"


def renamed(formula: Formula, number: int) -> str:
    names = "|".join(re.escape(name) for name, _ in formula.series)
    return re.sub(rf"\b({names})\b", lambda found: identifier(found[0], number), formula.expression)
