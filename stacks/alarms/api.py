"""What is alarmed about the API as its users meet it: errors, latency, traffic, and a silent log."""

from collections.abc import Iterator
from functools import partial

from aws_cdk import Duration

from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.runbooks import Runbook
from stacks.alarms.api_signals import ApiSignals
from stacks.alarms.database_outage import DATABASE_UNREACHABLE, noticed_within
from stacks.alarms.spec import BELOW, AlarmSpec, AnomalySpec, CompositeSpec, Missing, Section
from stacks.settings import Environment

WINDOW = Duration.minutes(5)
MINUTE = Duration.minutes(1)

SILENCE = {
    "logs": "whether its log lines arrive; whether they keep the contract (`ops <environment> logs check`)",
    "alb": "whether the load balancer has healthy targets; whether requests go through the one that `[api]` names",
    "apigateway": "whether requests go through the API and the stage that `[api]` names",
}

_row = partial(AlarmSpec, subject="api", missing=Missing.NOT_BREACHING, section=Section.USERS)
_on_errors = partial(
    _row,
    runbook=Runbook.HIGH_ERROR_RATE,
    first_look="the newest error lines: saved query `errors by route`; then what was deployed last",
)


def api_alarms(environment: Environment, signals: ApiSignals) -> Iterator[AlarmSpec | AnomalySpec]:
    yield from _alarms_on_errors(environment, signals)
    api = environment.api
    yield _row(
        name="latency-p95",
        metric=signals.latency("p95", WINDOW),
        threshold=signals.limit(api.latency_p95_ms),
        breaches=3,
        level=Level.MEDIUM,
        runbook=Runbook.SERVICE_SLOW,
        meaning=f"One request in twenty takes longer than {api.latency_p95_ms} ms, for fifteen minutes.",
        first_look="which routes: saved query `slow requests`; then the database",
    )
    if api.traffic_anomaly:
        yield AnomalySpec(
            subject="api",
            name="traffic",
            metric=signals.request_rate(WINDOW),
            deviations=api.traffic_band,
            breaches=3,
            level=Level.MEDIUM,
            runbook=Runbook.TRAFFIC,
            missing=Missing.NOT_BREACHING,
            meaning="Traffic is far from what is usual at this hour, for fifteen minutes.",
            first_look="whether it is a drop or a spike, on the dashboard; then which routes and clients",
            section=Section.USERS,
        )
    # Probes are requests: while endpoints are probed, a log without requests is one that does not arrive.
    if environment.uptime.endpoints:
        yield _row(
            name="silent",
            metric=signals.request_rate(WINDOW),
            comparison=BELOW,
            threshold=1,
            breaches=6,
            level=Level.MEDIUM,
            runbook=Runbook.TRAFFIC,
            missing=Missing.BREACHING,
            meaning="No request of the API is seen for half an hour, not even a probe: its errors are not seen either.",
            first_look=SILENCE[api.source],
            section=Section.ITSELF,
        )


def _alarms_on_errors(environment: Environment, signals: ApiSignals) -> Iterator[AlarmSpec]:
    """By their share and by their number; the two below critical deliver by `api-failing`."""
    api = environment.api
    for suffix, percent, per_minute, level in (
        ("", api.error_percent, api.errors_per_minute, Level.HIGH),
        ("-critical", api.error_critical_percent, api.errors_per_minute_critical, Level.CRITICAL),
    ):
        yield _on_errors(
            name=f"error-rate{suffix}",
            metric=signals.error_rate(WINDOW, api.least_requests),
            threshold=percent,
            level=level,
            meaning=f"More than {percent:g} % of the API's requests fail, over five minutes.",
            delivers=level is Level.CRITICAL,
        )
        yield _on_errors(
            name=f"errors{suffix}",
            metric=signals.failures(MINUTE),
            threshold=per_minute,
            breaches=2,
            level=level,
            meaning=f"More than {per_minute} of the API's requests fail in a minute, twice in a row.",
            delivers=level is Level.CRITICAL,
        )


def alarm_on_failing_api(environment: Environment) -> CompositeSpec:
    """Errors, unless the database is what fails.

    It waits for as long as it takes to see that the database is down.  What is critical is sent besides, at once and by
    itself: were this one kept from alarm then, people would read that the API recovers when it gets worse.
    """
    return CompositeSpec(
        subject="api",
        name="failing",
        parts=("api-error-rate", "api-errors"),
        suppressor=DATABASE_UNREACHABLE,
        wait_period=noticed_within(environment),
        extension_period=noticed_within(environment),
        level=Level.HIGH,
        runbook=Runbook.HIGH_ERROR_RATE,
        meaning="The API answers too many requests with an error, and the database is not the cause.",
        first_look="which route and which release, in the saved query 'errors by route'",
        section=Section.USERS,
    )
