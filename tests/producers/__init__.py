"""What the functions really emit, in good times and at their worst, found by running the code that emits it.

There is one module per function that publishes metrics, named like its folder, with two functions: `good` runs the
function's own code as it runs when all is well, `worst` as it runs in every trouble that it knows.  Neither names a
metric, a unit or a dimension: those are read from the lines that come out.  A trouble of all functions is run here.
"""

import importlib
import io
import json
import os
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from types import ModuleType
from typing import Any
from unittest import mock

from lambdas.shared import observability
from lambdas.vocabulary.metrics import Metric, is_scraped, namespace_of_scraped, unit_of_scraped
from lambdas.vocabulary.names import ServiceNames
from stacks.settings import Environment
from tests.lambda_context import lambda_context

UNITS = {metric: metric.unit for metric in Metric}
"""The units that alarms' thresholds are in."""


@dataclass(frozen=True)
class Deployment:
    """An environment as it is deployed; what a template leaves open is not known before."""

    environment: Environment
    variables: Mapping[str, Mapping[str, str]]
    """The variables of the functions, by folder."""

    @classmethod
    def of(cls, environment: Environment, templates: Iterable[Mapping[str, Any]]) -> "Deployment":
        found: dict[str, dict[str, str]] = {}
        for folder, variables in _variables(templates):
            # A copy in another region reports nothing, and has fewer settings than the one in the home region.
            if len(variables) > len(found.get(folder, {})):
                found[folder] = variables
        return cls(environment, found)


def _variables(templates: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, dict[str, str]]]:
    for template in templates:
        for resource in template["Resources"].values():
            properties = resource.get("Properties", {})
            if resource["Type"] == "AWS::Lambda::Function" and properties["Handler"].startswith("lambdas."):
                variables = properties["Environment"]["Variables"].items()
                yield properties["Handler"].split(".")[1], {name: _known(value) for name, value in variables}


def _known(value: Any) -> str:
    match value:
        case str():
            return value
        case {"Fn::Join": [separator, parts]}:
            return str(separator).join(map(_known, parts))
    return "unknown"


@dataclass(frozen=True)
class Emission:
    """A metric of one set of dimensions: its value when all is well, None when it is absent then, and the worst one."""

    function: str
    namespace: str
    metric: str
    unit: str
    dimensions: Mapping[str, str]
    good: float | None
    worst: float | None
    """None when it is absent in all trouble that the function knows."""

    def __str__(self) -> str:
        return described(self.namespace, self.metric, self.unit, self.dimensions)


@dataclass(frozen=True)
class _Datum:
    namespace: str
    metric: str
    unit: str
    dimensions: tuple[tuple[str, str], ...]
    value: float

    @property
    def key(self) -> tuple[Any, ...]:
        return self.namespace, self.metric, self.unit, self.dimensions


def emissions(deployment: Deployment) -> list[Emission]:
    """What all functions of the deployment emit."""
    return [
        emission
        for producer in producers()
        if (function := producer.__name__.rpartition(".")[2]) in deployment.variables
        for emission in _of(function, producer, deployment)
    ]


def producers() -> list[ModuleType]:
    return [importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]


def _of(function: str, producer: ModuleType, deployment: Deployment) -> Iterator[Emission]:
    variables = deployment.variables[function]
    good = _values(lambda: producer.good(deployment))
    worst = _values(lambda: (producer.worst(deployment), _run_out_of_time(variables)))
    for key in sorted({*good, *worst}):
        well = good[key][-1] if key in good else None
        # Of several troubles, the one that takes the value farthest from what it is when all is well.
        ill = max(worst.get(key, ()), key=lambda value: abs(value - (well or 0)), default=None)
        namespace, metric, unit, dimensions = key
        yield Emission(function, namespace, metric, unit, dict(dimensions), well, ill)


def _run_out_of_time(variables: Mapping[str, str]) -> None:
    """What every handler does, by its decorator, in a run that takes nearly all of its time."""
    context = lambda_context(60_000, 1_000)
    with mock.patch.dict(os.environ, {"ENVIRONMENT": variables["ENVIRONMENT"]}):
        observability.logger.inject_lambda_context(lambda _event, _context: None)({}, context)


def _values(run: Callable[[], object]) -> dict[tuple[Any, ...], list[float]]:
    found: dict[tuple[Any, ...], list[float]] = {}
    for datum in emitted(run):
        found.setdefault(datum.key, []).append(datum.value)
    return found


def emitted(run: Callable[[], object]) -> list[_Datum]:
    """What `run` writes in CloudWatch's embedded metric format."""
    output = io.StringIO()
    with redirect_stdout(output):
        run()
    lines = [line for line in output.getvalue().splitlines() if line.startswith("{")]
    return [datum for line in lines for datum in _read(json.loads(line))]


def _read(document: Mapping[str, Any]) -> Iterator[_Datum]:
    for directive in document.get("_aws", {}).get("CloudWatchMetrics", ()):
        for names in directive["Dimensions"]:
            dimensions = tuple(sorted((name, document[name]) for name in names))
            for metric in directive["Metrics"]:
                values = document[metric["Name"]]
                for value in _each(values):
                    yield _Datum(directive["Namespace"], metric["Name"], metric["Unit"], dimensions, value)


def _each(values: Any) -> list[float]:
    """A number, several, or a distribution of them."""
    match values:
        case {"Values": list(found)}:
            return found
        case list():
            return values
    return [values]


def without_producer(alarms: Iterable[Mapping[str, Any]], found: Iterable[Emission]) -> list[str]:
    """One line for each of our metrics that an alarm's properties name and nobody emits exactly so."""
    emitted_by_name = {str(emission) for emission in found}
    return [
        f"{alarm['AlarmName']}: nobody emits {wanted}"
        for alarm in alarms
        for wanted in watched_by(alarm)
        if wanted not in emitted_by_name
    ]


def watched_by(alarm: Mapping[str, Any]) -> Iterator[str]:
    queries = [query["MetricStat"]["Metric"] for query in alarm.get("Metrics", ()) if "MetricStat" in query]
    for metric in queries or [alarm]:
        namespace, own = metric.get("Namespace"), ServiceNames().namespace
        if namespace in (own, namespace_of_scraped(own)):
            dimensions = {one["Name"]: one["Value"] for one in metric.get("Dimensions", ())}
            yield described(namespace, metric["MetricName"], unit_wanted(namespace, metric["MetricName"]), dimensions)


def unit_wanted(namespace: str, name: str) -> str:
    """The unit that an alarm's threshold is in."""
    return unit_of_scraped(name) if is_scraped(namespace) else UNITS[Metric(name)]


def described(namespace: str, metric: str, unit: str, dimensions: Mapping[str, str]) -> str:
    subject = ", ".join(f"{name}={value}" for name, value in sorted(dimensions.items()))
    return f"{namespace} {metric} in {unit} of {subject}"
