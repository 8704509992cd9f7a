"""Probes as they end: `check_health` runs, with made-up results of the probing."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from unittest import mock

from lambdas.health_check import check_health
from lambdas.health_check.endpoints import Endpoint, endpoint_from
from lambdas.health_check.other_regions import answer_of
from lambdas.health_check.probe_all import ProbeDependencies
from lambdas.health_check.results import Result
from lambdas.health_check.settings import Settings
from lambdas.shared.clock import Deadline
from lambdas.shared.guarded_http.stopwatch import Timings
from lambdas.vocabulary.endpoints import Reason, State
from tests.producers import Deployment

Found = Callable[[Endpoint], Result]

FAST = Timings(dns=5, connect=10, tls=20, first_byte=40, total=80)


def good(deployment: Deployment) -> None:
    _run(deployment, _up)


def worst(deployment: Deployment) -> None:
    for found in (_down, _slow, _degraded, _without_network):
        _run(deployment, found)
    _run(deployment, _up, silent=True)


def _up(endpoint: Endpoint) -> Result:
    days = 89.0 if endpoint.url.startswith("https:") else None
    return Result(endpoint.name, State.UP, datetime.now(UTC), timings=FAST, certificate_days_left=days)


def _down(endpoint: Endpoint) -> Result:
    days = 0.0 if endpoint.url.startswith("https:") else None
    return replace(_up(endpoint), state=State.DOWN, reason=Reason.REFUSED, certificate_days_left=days)


def _slow(endpoint: Endpoint) -> Result:
    """As slow as an answer may be before it counts as none."""
    longest = 1000 * endpoint.timeout_s
    timings = Timings(dns=longest, connect=longest, tls=longest, first_byte=longest, total=longest)
    return replace(_up(endpoint), state=State.SLOW, slow=True, timings=timings)


def _degraded(endpoint: Endpoint) -> Result:
    return replace(_up(endpoint), state=State.DEGRADED, failing_checks=("database",))


def _without_network(endpoint: Endpoint) -> Result:
    return replace(_up(endpoint), state=State.UNKNOWN, reason=Reason.NO_NETWORK)


def _run(deployment: Deployment, found: Found, *, silent: bool = False) -> None:
    settings = Settings.from_environment(deployment.variables["health_check"])
    endpoints = tuple(endpoint_from(each.written()) for each in deployment.environment.uptime.endpoints)
    dependencies = ProbeDependencies(None, None, settings.region if settings.other_regions else "")

    def probe_all(endpoints, dependencies, _until, deliver):
        results = [replace(found(endpoint), region=dependencies.region) for endpoint in endpoints]
        for result in results:
            deliver(result)
        return results

    def ask(_event: bytes) -> bytes:
        if silent:
            raise TimeoutError
        return json.dumps(answer_of([found(endpoint) for endpoint in endpoints])).encode()

    with mock.patch.object(check_health, "probe_all", probe_all):
        regions = dict.fromkeys(settings.other_regions, ask)
        check_health.check_health(
            settings, endpoints, dependencies, regions, slot=datetime.now(UTC), deadline=Deadline.within(30)
        )
