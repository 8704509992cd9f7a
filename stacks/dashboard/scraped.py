"""What the backend says of itself to Prometheus: a graph for each series that is paid for and has no labels."""

from collections.abc import Iterator

from stacks.alarms.prometheus import heap_percent, metric_of
from stacks.dashboard.definition import Graph, Shown, Widget
from stacks.dashboard.lines import line_of
from stacks.dashboard.watched import shown_of
from stacks.settings import Environment, PrometheusEndpoint


def scraped(environment: Environment) -> Iterator[Widget]:
    """Which values labels have is known only when they come: those series are found in CloudWatch's own lists."""
    for endpoint in environment.api.prometheus:
        yield from _graphs(environment, endpoint)


def _graphs(environment: Environment, endpoint: PrometheusEndpoint) -> Iterator[Widget]:
    series = {one.name: one.scraped.kind for one in endpoint.series if not one.labels}
    if heap := heap_percent(environment, endpoint):
        yield Graph(f"{endpoint.name}: heap used", (line_of(heap),), Shown.PERCENT)
    for name, kind in series.items():
        line = line_of(metric_of(environment, endpoint, name, kind), endpoint.name)
        yield Graph(f"{endpoint.name}: {name}", (line,), shown_of(line))
