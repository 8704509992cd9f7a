"""What is alarmed about each endpoint, and about the prober itself."""

from collections.abc import Iterator, Sequence
from functools import partial

from aws_cdk import Duration, Stack, aws_cloudwatch
from constructs import Construct

from lambdas.vocabulary.endpoints import FLAPPING_HISTORY
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Dimension, Metric
from lambdas.vocabulary.runbooks import Runbook
from stacks.alarms.spec import BELOW, Alarms, AlarmSpec, Missing, Section, Statistic, own_metric
from stacks.platform.room import room_in
from stacks.settings import Environment, MonitoredEndpoint
from stacks.settings.types import MOST_WARNINGS

MOST_ALARMS = 4 + MOST_WARNINGS
"""Of one endpoint."""


def endpoint_alarms(environment: Environment, endpoint: MonitoredEndpoint) -> Iterator[AlarmSpec]:
    """One endpoint: down, flapping, slow, and its certificate.

    No data is no alarm of theirs: a prober that is silent is one alarm of its own, not one per endpoint.  What is
    published in trouble only is fine when it is absent; what is always published keeps its state.
    """
    yield from _on_outage(environment, endpoint)
    yield from _on_impairment(environment, endpoint)
    if endpoint.url.startswith("https:"):
        yield from _on_certificate(environment, endpoint)


def _on_outage(environment: Environment, endpoint: MonitoredEndpoint) -> Iterator[AlarmSpec]:
    uptime = environment.uptime
    row = partial(
        AlarmSpec,
        subject=f"endpoint-{endpoint.in_names}",
        metric=_metric(environment, endpoint, Metric.UP, Statistic.MINIMUM),
        comparison=BELOW,
        threshold=1,
        runbook=Runbook.SERVICE_DOWN,
        missing=Missing.IGNORE,
        first_look="the endpoint's newest line in the log of health_check: it names the reason",
        section=Section.UP,
    )
    yield row(
        name="down",
        breaches=uptime.failures,
        level=Level.CRITICAL,
        meaning=f"{endpoint.name} is down: {uptime.failures} probes in a row failed.",
    )
    yield row(
        name="flapping",
        breaches=uptime.flapping_failures,
        periods=FLAPPING_HISTORY,
        level=Level.HIGH,
        meaning=f"{endpoint.name} comes and goes: {uptime.flapping_failures} of {FLAPPING_HISTORY} probes failed.",
    )


def _on_impairment(environment: Environment, endpoint: MonitoredEndpoint) -> Iterator[AlarmSpec]:
    row = partial(
        AlarmSpec,
        subject=f"endpoint-{endpoint.in_names}",
        breaches=environment.uptime.failures,
        level=Level.MEDIUM,
        runbook=Runbook.SERVICE_SLOW,
        first_look="the endpoint's newest line in the log of health_check: timings and failing checks",
        section=Section.UP,
    )
    yield row(
        name="slow",
        metric=_metric(environment, endpoint, Metric.LATENCY, Statistic.MAXIMUM),
        threshold=endpoint.slow_s * 1000,
        missing=Missing.IGNORE,
        meaning=f"{endpoint.name} answers, but takes longer than {endpoint.slow_s:g} s.",
    )
    yield row(
        name="degraded",
        metric=_metric(environment, endpoint, Metric.DEGRADED, Statistic.MAXIMUM),
        threshold=0,
        missing=Missing.NOT_BREACHING,
        meaning=f"{endpoint.name} answers, and says that something behind it fails.",
    )


def _on_certificate(environment: Environment, endpoint: MonitoredEndpoint) -> Iterator[AlarmSpec]:
    last = min(endpoint.certificate_warning_days, default=None)
    for days in sorted(endpoint.certificate_warning_days, reverse=True):
        yield AlarmSpec(
            subject=f"endpoint-{endpoint.in_names}",
            name=f"certificate-{days}-days",
            metric=_metric(environment, endpoint, Metric.CERTIFICATE_DAYS_LEFT, Statistic.MINIMUM),
            comparison=BELOW,
            threshold=days,
            level=Level.HIGH if days == last else Level.LOW,
            runbook=Runbook.CERTIFICATE,
            missing=Missing.NOT_BREACHING,  # it is published below the first limit only
            meaning=f"The certificate of {endpoint.name} ends in less than {days} days.",
            first_look="whether its renewal runs, and when it ran last",
            section=Section.UP,
        )


def alarm_on_endpoints(
    scope: Construct, endpoints: Sequence[MonitoredEndpoint], alarms: Alarms
) -> Sequence[MonitoredEndpoint]:
    """Make the alarms on as many endpoints as the stack of `scope`, complete but for these, has room for.

    Returns the others.  The room is counted in whole tens of endpoints with all alarms that one can have: another
    warning day, or another resource in a later version, moves no alarm to another stack.
    """
    room = room_in(Stack.of(scope)) // MOST_ALARMS // 10 * 10
    for endpoint in endpoints[:room]:
        alarms.make(Construct(scope, endpoint.in_names), endpoint_alarms(alarms.environment, endpoint))
    return endpoints[room:]


def prober_alarms(environment: Environment) -> Iterator[AlarmSpec]:
    """Silence is never health: no run, no network, endpoints of which nothing is known, regions that do not answer."""
    row = partial(
        AlarmSpec,
        subject="prober",
        threshold=0,
        breaches=3,
        level=Level.HIGH,
        runbook=Runbook.PROBER_SILENT,
        missing=Missing.NOT_BREACHING,
        section=Section.UP,
    )

    def metric(name: Metric) -> aws_cloudwatch.Metric:
        return own_metric(environment, name, period=_interval(environment), statistic=Statistic.MAXIMUM)

    yield row(
        name="silent",
        metric=metric(Metric.PROBER_WITHOUT_NETWORK),
        level=Level.CRITICAL,
        missing=Missing.BREACHING,
        meaning="No endpoint is probed: the prober does not run, or has no network.",
        first_look="the errors of health_check, then whether its schedule is enabled",
    )
    yield row(
        name="unknown",
        metric=metric(Metric.ENDPOINTS_UNKNOWN),
        meaning="Of some endpoints nothing is known, though the prober runs.",
        first_look="the lines with state unknown in the log of health_check",
    )
    if environment.uptime.probe_regions:
        yield row(
            name="region-silent",
            metric=metric(Metric.REGION_SILENT),
            meaning="A further region that probes does not answer.",
            first_look="the line 'a region is silent' in the log of health_check",
        )


def _metric(
    environment: Environment, endpoint: MonitoredEndpoint, metric: Metric, statistic: Statistic
) -> aws_cloudwatch.Metric:
    return own_metric(
        environment,
        metric,
        of={Dimension.ENDPOINT: endpoint.name},
        period=_interval(environment),
        statistic=statistic,
    )


def _interval(environment: Environment) -> Duration:
    return Duration.minutes(environment.uptime.interval_minutes)
