"""Results as metrics, and a log line for each endpoint that is unhealthy."""

from collections.abc import Callable
from datetime import datetime

from lambdas.health_check.endpoints import Endpoint
from lambdas.health_check.results import Result
from lambdas.shared.observability import logger, publish
from lambdas.vocabulary.endpoints import Reason, State
from lambdas.vocabulary.metrics import Dimension, Metric

_PHASES = {
    Metric.LATENCY_DNS: "dns",
    Metric.LATENCY_CONNECT: "connect",
    Metric.LATENCY_TLS: "tls",
    Metric.LATENCY_FIRST_BYTE: "first_byte",
}


_PER_REGION = {Metric.UP, Metric.LATENCY}
"""What is graphed by region; all else is said once, of what the regions agreed on."""


def metrics_of(result: Result, *, phases: bool, warning_days: float = 0) -> dict[Metric, float]:
    """What the result says in numbers; of what is unknown, nothing.

    A metric is paid for by the hour in which it is sent, so what matters in trouble only is absent otherwise: a
    certificate that lasts for `warning_days` or longer is not counted.  `phases` adds where the time went.
    """
    values = _numbers(result, phases=phases, warning_days=warning_days)
    return {metric: value for metric, value in values.items() if not result.region or metric in _PER_REGION}


def _numbers(result: Result, *, phases: bool, warning_days: float) -> dict[Metric, float]:
    values: dict[Metric, float] = {}
    if result.certificate_days_left is not None and result.certificate_days_left < warning_days:
        values[Metric.CERTIFICATE_DAYS_LEFT] = result.certificate_days_left
    if result.state is State.UNKNOWN:
        return values
    values[Metric.UP] = float(result.state is not State.DOWN)
    if result.state is State.DEGRADED:
        values[Metric.DEGRADED] = 1
    if result.state is not State.DOWN:  # how long a failure took is no latency
        times = {Metric.LATENCY: result.timings.total}
        if phases:
            times |= {metric: getattr(result.timings, phase) for metric, phase in _PHASES.items()}
        values |= {metric: time for metric, time in times.items() if time is not None}
    return values


def reporter(
    environment: str, endpoints: tuple[Endpoint, ...], slot: datetime, *, phases: bool
) -> Callable[[Result], None]:
    """What to call with each result: it writes the metrics of `slot`, and a log line if something is wrong."""
    warning_days = {endpoint.name: max(endpoint.certificate_warning_days, default=0) for endpoint in endpoints}

    def report(result: Result) -> None:
        values = metrics_of(result, phases=phases, warning_days=warning_days[result.endpoint])
        subject = {Dimension.ENDPOINT: result.endpoint} | ({Dimension.REGION: result.region} if result.region else {})
        if values:
            publish(values, slot, environment=environment, **subject)
        days = result.certificate_days_left
        if result.reason is Reason.NO_NETWORK:
            return  # one line says it for all
        if result.state is not State.UP:
            logger.warning("endpoint is unhealthy", **result.as_dict())
            return
        if result.flaws:
            logger.warning(
                "answer is malformed: stricter clients refuse it", endpoint=result.endpoint, flaws=result.flaws
            )
        if days is not None and days < warning_days[result.endpoint]:
            host = result.certificate_host
            logger.warning("certificate ends soon", endpoint=result.endpoint, host=host, days_left=days)

    return report
