"""What is alarmed about series of Prometheus endpoints: by the environment file, and what well-known names mean."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from aws_cdk import Duration, aws_cloudwatch

from lambdas.prometheus_scrape.sources import Kind
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Dimension, Metric, namespace_of_scraped
from lambdas.vocabulary.runbooks import Runbook
from stacks.alarms.spec import AlarmSpec, Missing, Section, Statistic, own_metric
from stacks.settings import Environment, PrometheusEndpoint, PrometheusSeries

PERIOD_MINUTES = 5
_HEAP_USED, _HEAP_TOTAL = "nodejs_heap_size_used_bytes", "nodejs_heap_size_total_bytes"
HEAP_PERCENT = 97
"""V8 collects before it asks for more memory, so that a heap is often nearly full; that stays so has no more to get."""
HEAP_HOUR = 60  # minutes

_STATISTICS = {Kind.GAUGE: Statistic.MAXIMUM, Kind.COUNTER: Statistic.SUM, Kind.HISTOGRAM: "p95"}
_row = partial(
    AlarmSpec,
    level=Level.MEDIUM,
    runbook=Runbook.SERVICE_SLOW,
    missing=Missing.NOT_BREACHING,  # that a series is not there is another alarm
    section=Section.USERS,
)


@dataclass(frozen=True)
class _Known:
    """A series whose meaning its name tells; clients may put a prefix before it."""

    name: re.Pattern[str]
    above: float
    meaning: str
    first_look: str


_KNOWN = (
    _Known(
        re.compile(r"(.*_)?nodejs_eventloop_lag_p99_seconds"),
        0.25,
        "The event loop of {job} is held up: one turn in a hundred takes longer than {above:g} s.",
        "the processor of its machine; what works long in one piece, such as JSON of megabytes or bcrypt's sync calls",
    ),
    _Known(
        re.compile(r".*pool.*_(waiting|pending)(_.*)?"),
        0,
        "Requests of {job} wait for a connection of the pool.",
        "idle sessions in a transaction and slow statements, in the log of database_check; then the pool's size",
    ),
)


def series_alarms(environment: Environment, endpoint: PrometheusEndpoint) -> Iterator[AlarmSpec]:
    """Those of its series that have a limit.  Which values labels have nobody knows before."""
    for series in endpoint.series:
        if not series.labels:
            yield from _on_limit(environment, endpoint, series)
    if heap := heap_percent(environment, endpoint):
        yield _on_heap(endpoint, heap)


def alarm_on_faults(environment: Environment) -> AlarmSpec:
    period = max(PERIOD_MINUTES, *(endpoint.interval_minutes for endpoint in environment.api.prometheus))
    return _row(
        subject="prometheus",
        name="faults",
        metric=own_metric(
            environment, Metric.SCRAPE_FAULTS, period=Duration.minutes(period), statistic=Statistic.MAXIMUM
        ),
        threshold=0,
        breaches=3,
        runbook=Runbook.FUNCTION_FAILED,
        meaning="A Prometheus endpoint cannot be read, or some of its series cannot be published.",
        first_look="the newest 'not published' lines in the log of prometheus_scrape: what, why, and the remedy",
        section=Section.ITSELF,
    )


def _on_limit(environment: Environment, endpoint: PrometheusEndpoint, series: PrometheusSeries) -> Iterator[AlarmSpec]:
    kind = series.scraped.kind
    row = partial(
        _row,
        subject=f"prometheus-{endpoint.in_names}",
        name=series.name.replace("_", "-").replace(":", "."),
        metric=metric_of(environment, endpoint, series.name, kind),
        breaches=1 if kind is Kind.COUNTER else 3,
    )
    known = next((one for one in _KNOWN if kind is Kind.GAUGE and one.name.fullmatch(series.name)), None)
    if known:
        above = known.above if series.alarm_above is None else series.alarm_above
        meaning = known.meaning.format(job=endpoint.name, above=above)
        yield row(threshold=above, meaning=meaning, first_look=known.first_look)
    elif series.alarm_above is not None:
        what = {
            Kind.GAUGE: "is above",
            Kind.COUNTER: f"rose in {_period(endpoint)} minutes by more than",
            Kind.HISTOGRAM: "has a 95th percentile above",
        }[kind]
        yield row(
            threshold=series.alarm_above,
            meaning=f"{series.name} of {endpoint.name} {what} {series.alarm_above:g}.",
            first_look=f"its graph, and what was deployed last at {endpoint.name}",
        )


def _on_heap(endpoint: PrometheusEndpoint, heap: aws_cloudwatch.IMetric) -> AlarmSpec:
    return _row(
        subject=f"prometheus-{endpoint.in_names}",
        name="heap-used",
        metric=heap,
        threshold=HEAP_PERCENT,
        breaches=HEAP_HOUR // _period(endpoint),
        level=Level.LOW,
        meaning=f"The heap of {endpoint.name} has been full to more than {HEAP_PERCENT} % for an hour.",
        first_look="whether its memory grows from restart to restart: a leak; else raise --max-old-space-size",
    )


def heap_percent(environment: Environment, endpoint: PrometheusEndpoint) -> aws_cloudwatch.IMetric | None:
    """Of the memory that V8 has for objects; None where the two series that it takes are not named."""
    names = {series.name for series in endpoint.series if not series.labels}
    used = next((name for name in sorted(names) if name.endswith(_HEAP_USED)), "")
    total = used.removesuffix(_HEAP_USED) + _HEAP_TOTAL
    if not used or total not in names:
        return None
    return aws_cloudwatch.MathExpression(
        expression="100 * used / total",
        using_metrics={
            "used": metric_of(environment, endpoint, used, Kind.GAUGE),
            "total": metric_of(environment, endpoint, total, Kind.GAUGE),
        },
        label=f"heap of {endpoint.name} used (%)",
        period=Duration.minutes(_period(endpoint)),
    )


def metric_of(environment: Environment, endpoint: PrometheusEndpoint, name: str, kind: Kind) -> aws_cloudwatch.Metric:
    """A series without labels, as the function publishes it."""
    return aws_cloudwatch.Metric(
        namespace=namespace_of_scraped(environment.names.namespace),
        metric_name=name,
        dimensions_map={Dimension.ENVIRONMENT: environment.name, Dimension.JOB: endpoint.name},
        period=Duration.minutes(_period(endpoint)),
        statistic=_STATISTICS[kind],
    )


def _period(endpoint: PrometheusEndpoint) -> int:
    return max(PERIOD_MINUTES, endpoint.interval_minutes)
