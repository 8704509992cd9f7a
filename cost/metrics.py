"""Custom metrics: which there are, by who looks at them, and in how many hours of a month each is sent."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cost.assumptions import DAYS, HOURS, Assumptions
from cost.errors import CostError
from cost.functions import Function
from cost.prices import Price
from cost.templates import Resource, Templates
from cost.use import Use
from lambdas.prometheus_scrape.sources import Source
from lambdas.vocabulary.codec import decode
from lambdas.vocabulary.metrics import Metric, Sent, is_own, is_scraped

MetricKey = tuple[str, str, tuple[tuple[str, str], ...]]
"""Namespace, name and dimensions: what AWS counts as one metric."""

SCRAPER = "prometheus_scrape"

_OFF = (None, "", "false", "[]")
"""What a function's variable says of a setting that is off or empty."""


def uses_of_metrics(templates: Templates, functions: list[Function], assumptions: Assumptions) -> Iterator[Use]:
    """Raises CostError for a metric that is not in the vocabulary, or of which nobody knows how many there are."""
    seen = sorted(metrics_looked_at(templates))
    for namespace, name, dimensions in seen:
        if not is_own(namespace) or is_scraped(namespace):
            continue
        of = ", ".join(value for key, value in dimensions if key != "environment")
        yield _use(name, of, assumptions)
    yield from _scraped(functions)
    names = {name for _, name, _ in seen}
    for name, producer in [*_filtered(templates), *_published(functions)]:
        if name not in names:
            yield _use(name, f"{producer}, and nobody looks at it", assumptions)


def metrics_looked_at(templates: Templates) -> set[MetricKey]:
    """By alarms and dashboards, AWS's own included."""
    return {key for resource in templates.resources for key in metrics_of(resource)}


def metrics_of(resource: Resource) -> Iterator[MetricKey]:
    """Those that an alarm or a dashboard looks at, each as often as it does."""
    match resource.kind:
        case "AWS::CloudWatch::Alarm" if "MetricName" in resource.properties:
            yield _key_of(resource.properties)
        case "AWS::CloudWatch::Alarm":
            for query in resource.properties["Metrics"]:
                if "MetricStat" in query:
                    yield _key_of(query["MetricStat"]["Metric"])
        case "AWS::CloudWatch::Dashboard":
            yield from _drawn(json.loads(_text(resource.properties["DashboardBody"])))


def published_by(function: Function) -> set[Metric]:
    """What the code in the function's folder names: it publishes what it names, and nothing else."""
    trees = (ast.parse(path.read_text()) for path in Path("lambdas", function.folder).rglob("*.py"))
    named = {
        node.attr
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Metric"
    }
    variables = function.resource.properties.get("Environment", {}).get("Variables", {})
    published = {Metric[name] for name in named}
    return {one for one in published if one.needs is None or variables.get(one.needs.upper()) not in _OFF}


def _published(functions: list[Function]) -> Iterator[tuple[str, str]]:
    for function in functions:
        for metric in sorted(published_by(function)):
            yield metric, function.folder


def _scraped(functions: list[Function]) -> Iterator[Use]:
    """Of Prometheus endpoints: each series once, or as many combinations of its labels as may be published."""
    for function in functions:
        if function.folder == SCRAPER:
            sources = function.resource.properties["Environment"]["Variables"]["SOURCES"]
            for source in decode(tuple[Source, ...], json.loads(sources)):
                for series in source.series:
                    by = f", by {', '.join(series.labels)} at most" if series.labels else ""
                    yield Use(Price.METRIC, series.most_metrics, f"{series.name} of {source.name}{by}")


def _filtered(templates: Templates) -> Iterator[tuple[str, str]]:
    for one in templates.of_type("AWS::Logs::MetricFilter"):
        for transformation in one.properties["MetricTransformations"]:
            yield transformation["MetricName"], str(one)


def _use(name: str, of: str, assumptions: Assumptions) -> Use:
    metric = Metric.named(name)
    if metric is None:
        raise CostError(f"metric {name} is not in the vocabulary: nobody knows how often it is sent")
    hours = _hours(metric, assumptions)
    return Use(Price.METRIC, hours / HOURS, f"{name}{f' of {of}' if of else ''}, in {hours:.0f} hours")


def _hours(metric: Metric, assumptions: Assumptions) -> float:
    return {
        Sent.ALWAYS: HOURS,
        Sent.DAILY: DAYS,
        Sent.MONTHLY: 1,
        Sent.IN_TROUBLE: assumptions.trouble_hours,
        Sent.WHEN_SOMEBODY_TRIES: assumptions.hours_with_security_events,
        Sent.WITH_DEPLOYMENTS: assumptions.hours_with_deployments,
    }[metric.sent]


def _key_of(metric: dict[str, Any]) -> MetricKey:
    dimensions = metric.get("Dimensions", ())
    return (
        metric["Namespace"],
        metric["MetricName"],
        tuple(sorted((one["Name"], json.dumps(one["Value"]).strip('"')) for one in dimensions)),
    )


def _drawn(body: dict[str, Any]) -> Iterator[MetricKey]:
    for widget in body["widgets"]:
        for namespace, name, *rest in (line for line in widget["properties"].get("metrics", ()) if len(line) > 1):
            words = [word for word in rest if isinstance(word, str)]
            yield namespace, name, tuple(sorted(zip(words[::2], words[1::2], strict=True)))


def _text(value: str | dict[str, Any]) -> str:
    """A text with references in it, each as one word."""
    if isinstance(value, str):
        return value
    separator, parts = value["Fn::Join"]
    return str(separator.join(part if isinstance(part, str) else "reference" for part in parts))
