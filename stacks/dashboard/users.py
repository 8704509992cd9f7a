"""Are users fine?  The API's golden signals."""

from typing import Protocol

from aws_cdk import Duration, aws_cloudwatch

from stacks.dashboard.definition import Graph, Shown, Widget
from stacks.dashboard.deployments import deployment_marks
from stacks.dashboard.lines import line_of
from stacks.settings import Environment

WINDOW = Duration.minutes(5)
PERCENTILES = ("p50", "p95", "p99")


class Signals(Protocol):
    """Where the API's requests are counted."""

    @property
    def in_seconds(self) -> bool:
        """Whether latency is in seconds, and not in milliseconds."""

    def request_rate(self, period: Duration) -> aws_cloudwatch.IMetric: ...
    def error_rate(self, period: Duration) -> aws_cloudwatch.IMetric: ...
    def refusal_rate(self, period: Duration) -> aws_cloudwatch.IMetric: ...
    def latency(self, percentile: str, period: Duration) -> aws_cloudwatch.IMetric: ...
    def latency_by_route(self, percentile: str, period: Duration) -> dict[str, aws_cloudwatch.IMetric]: ...


def as_users_meet_it(environment: Environment, signals: Signals) -> list[Widget]:
    latencies = tuple(line_of(signals.latency(percentile, WINDOW), percentile) for percentile in PERCENTILES)
    by_route = tuple(line_of(metric, route) for route, metric in signals.latency_by_route("p95", WINDOW).items())
    marks = deployment_marks(environment)
    shown = Shown.SECONDS if signals.in_seconds else Shown.MILLISECONDS
    widgets: list[Widget] = [
        Graph("Requests in five minutes", (line_of(signals.request_rate(WINDOW), "requests"),), width=8),
        Graph("Failed: answered with 5xx", (line_of(signals.error_rate(WINDOW)),), Shown.PERCENT, marks=marks, width=8),
        Graph("Refused: answered with 4xx", (line_of(signals.refusal_rate(WINDOW)),), Shown.PERCENT, width=8),
        Graph("Latency", latencies, shown, marks=marks, width=12 if by_route else 24),
    ]
    if by_route:
        widgets.append(Graph("Latency by route, p95", by_route, shown, marks=marks, width=12))
    return widgets
