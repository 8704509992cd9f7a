"""The golden signals of the API, alike whether they come from its log, a load balancer or an API Gateway."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from aws_cdk import Duration, aws_cloudwatch

from lambdas.error_budget.objective import Series
from lambdas.vocabulary.metrics import Dimension, Metric
from stacks.alarms.spec import Statistic
from stacks.settings import Environment

COUNT = "SampleCount"
OTHER_ROUTES = "other routes"


@dataclass(frozen=True)
class ApiSignals:
    """Where each signal is counted; several series of one signal are added up."""

    requests: tuple[Series, ...]
    """The first counts those that were served; any other, those that were not."""
    failed: tuple[Series, ...]
    """Answered with 5xx: the server's fault."""
    refused: tuple[Series, ...]
    """Answered with 4xx: the caller's fault, says the server."""
    duration: Series
    """Milliseconds, or seconds where `in_seconds`; its statistic is chosen by whoever asks."""
    routes: Mapping[str, Series] = field(default_factory=dict)
    """Durations by route; the last is of all routes that are not named."""
    in_seconds: bool = False

    def request_rate(self, period: Duration) -> aws_cloudwatch.IMetric:
        """Requests per period."""
        return metric_of(self.requests[0], period)

    def failures(self, period: Duration) -> aws_cloudwatch.IMetric:
        """Answers with 5xx per period."""
        return _sum_of("failed", self.failed, period)

    def error_rate(self, period: Duration, least_requests: int = 1) -> aws_cloudwatch.IMetric:
        """Percent of requests answered with 5xx; 0 while there are fewer than `least_requests` in the period."""
        return self._share("failed", self.failed, period, least_requests)

    def refusal_rate(self, period: Duration, least_requests: int = 1) -> aws_cloudwatch.IMetric:
        """The same for 4xx."""
        return self._share("refused", self.refused, period, least_requests)

    def latency(self, percentile: str, period: Duration) -> aws_cloudwatch.IMetric:
        """A percentile such as `p95`, in milliseconds; in seconds where AWS counts so."""
        return metric_of(replace(self.duration, statistic=percentile), period)

    def latency_by_route(self, percentile: str, period: Duration) -> dict[str, aws_cloudwatch.IMetric]:
        return {
            route: metric_of(replace(series, statistic=percentile), period) for route, series in self.routes.items()
        }

    def limit(self, milliseconds: float) -> float:
        """A latency in the unit of `latency`."""
        return milliseconds / 1000 if self.in_seconds else milliseconds

    @property
    def answered(self) -> tuple[Series, ...]:
        """How many requests have a duration."""
        return (replace(self.duration, statistic=COUNT),)

    def within(self, milliseconds: float) -> Series:
        """How many requests were answered within a time: CloudWatch's trimmed count."""
        return replace(self.duration, statistic=f"TC(:{self.limit(milliseconds):g})")

    def _share(
        self, name: str, part: tuple[Series, ...], period: Duration, least_requests: int
    ) -> aws_cloudwatch.IMetric:
        all_of, part_of = _named("requests", self.requests, period), _named(name, part, period)
        total = _added(all_of)
        return aws_cloudwatch.MathExpression(
            expression=f"IF({total} >= {least_requests}, 100 * ({_added(part_of)}) / ({total}), 0)",
            using_metrics={**all_of, **part_of},
            label=f"{name} requests (%)",
            period=period,
        )


def api_signals(environment: Environment) -> ApiSignals:
    """The signals from the source that the environment file names."""
    return {"logs": _from_log, "alb": _from_load_balancer, "apigateway": _from_gateway}[environment.api.source](
        environment
    )


def metric_of(series: Series, period: Duration) -> aws_cloudwatch.Metric:
    return aws_cloudwatch.Metric(
        namespace=series.namespace,
        metric_name=series.metric,
        dimensions_map=dict(series.dimensions),
        statistic=series.statistic,
        period=period,
    )


def _from_log(environment: Environment) -> ApiSignals:
    """What `ApiLog`'s metric filters count."""

    def series(metric: Metric, statistic: str, **further: str) -> Series:
        return Series.of(
            environment.names.namespace, metric, statistic, {Dimension.ENVIRONMENT: environment.name, **further}
        )

    routes = {
        route: series(Metric.REQUEST_DURATION, COUNT, **{Dimension.ROUTE: route}) for route in environment.api.routes
    }
    if routes:
        routes[OTHER_ROUTES] = series(Metric.OTHER_REQUEST_DURATION, COUNT)
    return ApiSignals(
        requests=(series(Metric.REQUEST_DURATION, COUNT),),
        failed=(series(Metric.REQUEST_FAILED, Statistic.SUM),),
        refused=(series(Metric.REQUEST_REFUSED, Statistic.SUM),),
        duration=series(Metric.REQUEST_DURATION, COUNT),
        routes=routes,
    )


def _from_load_balancer(environment: Environment) -> ApiSignals:
    """A request that finds no target is counted among its 5xx alone, so that those are added to the requests.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
    """
    api = environment.api
    balancer = {"LoadBalancer": str(api.load_balancer)}
    group = balancer | ({"TargetGroup": api.target_group} if api.target_group else {})

    def series(metric: str, dimensions: Mapping[str, str] = group) -> Series:
        return Series.of("AWS/ApplicationELB", metric, Statistic.SUM, dimensions)

    of_the_balancer = series("HTTPCode_ELB_5XX_Count", balancer)
    return ApiSignals(
        requests=(series("RequestCount"), of_the_balancer),
        failed=(series("HTTPCode_Target_5XX_Count"), of_the_balancer),
        refused=(series("HTTPCode_Target_4XX_Count"),),
        duration=series("TargetResponseTime"),
        in_seconds=True,
    )


def _from_gateway(environment: Environment) -> ApiSignals:
    """REST and HTTP APIs name their metrics and dimensions differently.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
    """
    api = environment.api
    name = {"ApiName": api.rest_api} if api.rest_api else {"ApiId": str(api.http_api)}
    dimensions = name | ({"Stage": api.stage} if api.stage else {})

    def series(metric: str, statistic: str = Statistic.SUM) -> Series:
        return Series.of("AWS/ApiGateway", metric, statistic, dimensions)

    return ApiSignals(
        requests=(series("Count", COUNT),),
        failed=(series("5XXError" if api.rest_api else "5xx"),),
        refused=(series("4XXError" if api.rest_api else "4xx"),),
        duration=series("Latency"),
    )


def _named(name: str, several: tuple[Series, ...], period: Duration) -> dict[str, aws_cloudwatch.IMetric]:
    return {f"{name}{number}": metric_of(series, period) for number, series in enumerate(several)}


def _added(metrics: Mapping[str, object]) -> str:
    return " + ".join(f"FILL({name}, 0)" for name in metrics)


def _sum_of(name: str, several: tuple[Series, ...], period: Duration) -> aws_cloudwatch.IMetric:
    if len(several) == 1:
        return metric_of(several[0], period)
    metrics = _named(name, several, period)
    return aws_cloudwatch.MathExpression(
        expression=_added(metrics), using_metrics=metrics, label=f"{name} requests", period=period
    )
