"""Is it up?  What the probes see."""

from lambdas.vocabulary.metrics import Dimension, Metric
from stacks.alarms.spec import Statistic
from stacks.dashboard.definition import Graph, Series, Shown, Widget
from stacks.dashboard.own import MINUTE, own
from stacks.settings import Environment, MonitoredEndpoint

ENDPOINTS_DRAWN = 100
"""The rest is on the status page, and every one of them has its alarms."""


def probes(environment: Environment) -> list[Widget]:
    endpoints = environment.uptime.endpoints[:ENDPOINTS_DRAWN]
    if not endpoints:
        return []
    up = [_of(environment, endpoint, Metric.UP, Statistic.MINIMUM) for endpoint in endpoints]
    latency = [_of(environment, endpoint, Metric.LATENCY, Statistic.MAXIMUM) for endpoint in endpoints]
    widgets: list[Widget] = [
        Graph("Up now (1) or down (0)", tuple(up), newest=True, width=6),
        Graph("Up", tuple(up), width=9),
        Graph("Latency of the probes", tuple(latency), Shown.MILLISECONDS, width=9),
    ]
    return widgets + [_seen_from(environment, region) for region in _probe_regions(environment)]


def _probe_regions(environment: Environment) -> tuple[str, ...]:
    others = environment.uptime.probe_regions
    return (environment.region, *others) if others else ()


def _seen_from(environment: Environment, region: str) -> Graph:
    lines = [
        _of(environment, endpoint, metric, statistic, region)
        for endpoint in environment.uptime.endpoints[:ENDPOINTS_DRAWN]
        for metric, statistic in ((Metric.UP, Statistic.MINIMUM), (Metric.LATENCY, Statistic.MAXIMUM))
    ]
    return Graph(f"As seen from {region}: up, and latency in ms", tuple(lines), width=12)


def _of(
    environment: Environment, endpoint: MonitoredEndpoint, metric: Metric, statistic: Statistic, region: str = ""
) -> Series:
    subject: dict[str, str] = {Dimension.ENDPOINT: endpoint.name}
    if region:
        subject[Dimension.REGION] = region
    seconds = environment.uptime.interval_minutes * MINUTE
    return own(environment, metric, statistic, seconds, endpoint.name, **subject)
