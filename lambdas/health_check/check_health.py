"""One check of all endpoints: from the home region, and from other regions if there are any."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from lambdas.health_check.endpoints import Endpoint
from lambdas.health_check.other_regions import Ask, remote_probes
from lambdas.health_check.probe_all import ProbeDependencies, probe_all
from lambdas.health_check.quorum import agree
from lambdas.health_check.report import reporter
from lambdas.health_check.results import Result
from lambdas.health_check.settings import Settings
from lambdas.shared.clock import Deadline
from lambdas.shared.observability import logger, publish
from lambdas.vocabulary.endpoints import Reason, State
from lambdas.vocabulary.metrics import Metric


def check_health(
    settings: Settings,
    endpoints: tuple[Endpoint, ...],
    dependencies: ProbeDependencies,
    regions: Mapping[str, Ask],
    *,
    slot: datetime,
    deadline: Deadline,
) -> list[Result]:
    """Probe, report and return what is found: one result per endpoint.

    Metrics are published with each result, so that a run that is killed half-way has reported the first half.  They
    count for `slot`, when the run was due: late or repeated, it neither leaves a period empty nor counts in another.
    """
    report = reporter(settings.environment, endpoints, slot, phases=settings.phase_metrics)
    until = _probing_time(settings, deadline)
    if not regions:
        results = probe_all(endpoints, dependencies, until, report)
        _report_run(settings, results, slot)
        return results
    names = [endpoint.name for endpoint in endpoints]
    with remote_probes(regions, names, until.remaining) as others:
        here = probe_all(endpoints, dependencies, until, report)
        _report_run(settings, here, slot)
        answers = others.answers(until)
    silent = [region for region, results in answers.items() if results is None]
    if silent:
        publish({Metric.REGION_SILENT: len(silent)}, slot, environment=settings.environment)
    elsewhere = {region: results for region, results in answers.items() if results is not None}
    for result in (result for results in elsewhere.values() for result in results):
        report(result)
    agreed = agree({settings.region: here, **elsewhere}, names, settings.quorum, dependencies.clock())
    for result in agreed:
        report(result)
    return agreed


def probe_for_home_region(
    settings: Settings,
    endpoints: tuple[Endpoint, ...],
    dependencies: ProbeDependencies,
    event: Mapping[str, Any],
    deadline: Deadline,
) -> list[Result]:
    """Probe for the home region, which reports."""
    asked_for = Deadline.within(float(event.get("seconds", deadline.remaining)))
    until = min(asked_for, _probing_time(settings, deadline), key=lambda each: each.at)
    return probe_all(endpoints, dependencies, until, lambda _: None)


def _probing_time(settings: Settings, deadline: Deadline) -> Deadline:
    return Deadline(deadline.at - settings.reserve.total_seconds())


def _report_run(settings: Settings, results: Sequence[Result], slot: datetime) -> None:
    """The metrics of the prober itself, with one alarm each instead of one per endpoint."""
    unknown = [result for result in results if result.state is State.UNKNOWN]
    without_network = any(result.reason is Reason.NO_NETWORK for result in unknown)
    if without_network:
        logger.error("the prober has no network: nothing is known of any endpoint")
    values: dict[Metric, float] = {Metric.PROBER_WITHOUT_NETWORK: without_network}
    if unknown:
        values[Metric.ENDPOINTS_UNKNOWN] = len(unknown)
    publish(values, slot, environment=settings.environment)
