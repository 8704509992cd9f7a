"""What is alarmed about each endpoint, and about the prober itself."""

from collections.abc import Sequence

from aws_cdk import Duration, Stack, aws_cloudwatch
from constructs import Construct

from lambdas.vocabulary.endpoints import FLAPPING_HISTORY
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Dimension, Metric
from lambdas.vocabulary.runbooks import Runbook
from stacks.alarms.spec import Alarms, Missing, Section, Statistic
from stacks.platform.room import room_in
from stacks.settings import MonitoredEndpoint, Uptime
from stacks.settings.types import MOST_WARNINGS

BELOW = aws_cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD
MOST_ALARMS = 4 + MOST_WARNINGS
"""Of one endpoint."""


class EndpointAlarms(Construct):
    """One endpoint: down, flapping, slow, and its certificate.

    No data is no alarm of theirs: a prober that is silent is one alarm of its own, not one per endpoint.  What is
    published in trouble only is fine when it is absent; what is always published keeps its state.
    """

    def __init__(self, scope: Construct, endpoint: MonitoredEndpoint, uptime: Uptime, alarms: Alarms) -> None:
        super().__init__(scope, endpoint.in_names)
        self._endpoint = endpoint
        self._subject = f"endpoint-{endpoint.in_names}"
        self._alarms = alarms
        self._interval = Duration.minutes(uptime.interval_minutes)
        self._alarm_on_outage(uptime)
        self._alarm_on_slowness(uptime)
        if endpoint.url.startswith("https:"):
            self._alarm_on_certificate()

    def _alarm_on_outage(self, uptime: Uptime) -> None:
        look = "the endpoint's newest line in the log of health_check: it names the reason"
        self._alarms.add(
            self,
            "down",
            self._metric(Metric.UP, Statistic.MINIMUM),
            subject=self._subject,
            comparison=BELOW,
            threshold=1,
            breaches=uptime.failures,
            level=Level.CRITICAL,
            runbook=Runbook.SERVICE_DOWN,
            missing=Missing.IGNORE,
            meaning=f"{self._endpoint.name} is down: {uptime.failures} probes in a row failed.",
            first_look=look,
            section=Section.UP,
        )
        self._alarms.add(
            self,
            "flapping",
            self._metric(Metric.UP, Statistic.MINIMUM),
            subject=self._subject,
            comparison=BELOW,
            threshold=1,
            breaches=uptime.flapping_failures,
            periods=FLAPPING_HISTORY,
            level=Level.HIGH,
            runbook=Runbook.SERVICE_DOWN,
            missing=Missing.IGNORE,
            meaning=(
                f"{self._endpoint.name} comes and goes: {uptime.flapping_failures} of {FLAPPING_HISTORY} probes failed."
            ),
            first_look=look,
            section=Section.UP,
        )

    def _alarm_on_slowness(self, uptime: Uptime) -> None:
        limit = self._endpoint.slow_s
        for metric, name, threshold, missing, meaning in (
            (Metric.LATENCY, "slow", limit * 1000, Missing.IGNORE, f"answers, but takes longer than {limit:g} s"),
            (Metric.DEGRADED, "degraded", 0, Missing.NOT_BREACHING, "answers, and says that something behind it fails"),
        ):
            self._alarms.add(
                self,
                name,
                self._metric(metric, Statistic.MAXIMUM),
                subject=self._subject,
                threshold=threshold,
                breaches=uptime.failures,
                level=Level.MEDIUM,
                runbook=Runbook.SERVICE_SLOW,
                missing=missing,
                meaning=f"{self._endpoint.name} {meaning}.",
                first_look="the endpoint's newest line in the log of health_check: timings and failing checks",
                section=Section.UP,
            )

    def _alarm_on_certificate(self) -> None:
        days = sorted(self._endpoint.certificate_warning_days, reverse=True)
        for limit in days:
            self._alarms.add(
                self,
                f"certificate-{limit}-days",
                self._metric(Metric.CERTIFICATE_DAYS_LEFT, Statistic.MINIMUM),
                subject=self._subject,
                comparison=BELOW,
                threshold=limit,
                level=Level.HIGH if limit == days[-1] else Level.LOW,
                runbook=Runbook.CERTIFICATE,
                missing=Missing.NOT_BREACHING,  # it is published below the first limit only
                meaning=f"The certificate of {self._endpoint.name} ends in less than {limit} days.",
                first_look="whether its renewal runs, and when it ran last",
                section=Section.UP,
            )

    def _metric(self, metric: Metric, statistic: Statistic) -> aws_cloudwatch.IMetric:
        return self._alarms.metric(
            metric, period=self._interval, statistic=statistic, **{Dimension.ENDPOINT: self._endpoint.name}
        )


def alarm_on_endpoints(
    scope: Construct, endpoints: Sequence[MonitoredEndpoint], uptime: Uptime, alarms: Alarms
) -> Sequence[MonitoredEndpoint]:
    """Make the alarms on as many endpoints as the stack of `scope`, complete but for these, has room for.

    Returns the others.  The room is counted in whole tens of endpoints with all alarms that one can have: another
    warning day, or another resource in a later version, moves no alarm to another stack.
    """
    room = room_in(Stack.of(scope)) // MOST_ALARMS // 10 * 10
    for endpoint in endpoints[:room]:
        EndpointAlarms(scope, endpoint, uptime, alarms)
    return endpoints[room:]


class ProberAlarms(Construct):
    """Silence is never health: no run, no network, endpoints of which nothing is known, regions that do not answer."""

    def __init__(self, scope: Construct, uptime: Uptime, alarms: Alarms) -> None:
        super().__init__(scope, "Prober")
        for metric, name, missing, meaning, look in (
            (
                Metric.PROBER_WITHOUT_NETWORK,
                "silent",
                Missing.BREACHING,
                "No endpoint is probed: the prober does not run, or has no network.",
                "the errors of health_check, then whether its schedule is enabled",
            ),
            (
                Metric.ENDPOINTS_UNKNOWN,
                "unknown",
                Missing.NOT_BREACHING,
                "Of some endpoints nothing is known, though the prober runs.",
                "the lines with state unknown in the log of health_check",
            ),
            *(
                [
                    (
                        Metric.REGION_SILENT,
                        "region-silent",
                        Missing.NOT_BREACHING,
                        "A further region that probes does not answer.",
                        "the line 'a region is silent' in the log of health_check",
                    )
                ]
                if uptime.probe_regions
                else []
            ),
        ):
            alarms.add(
                self,
                name,
                alarms.metric(metric, period=Duration.minutes(uptime.interval_minutes), statistic=Statistic.MAXIMUM),
                subject="prober",
                threshold=0,
                breaches=3,
                level=Level.CRITICAL if missing is Missing.BREACHING else Level.HIGH,
                runbook=Runbook.PROBER_SILENT,
                missing=missing,
                meaning=meaning,
                first_look=look,
                section=Section.UP,
            )
