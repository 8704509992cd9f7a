"""What is alarmed about the API as its users meet it: errors, latency, traffic, and a silent log."""

from aws_cdk import Duration, aws_cloudwatch
from constructs import Construct

from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.runbooks import Runbook
from stacks.alarms.api_signals import ApiSignals
from stacks.alarms.endpoints import BELOW
from stacks.alarms.spec import Alarms, Missing, Section
from stacks.settings import Environment

WINDOW = Duration.minutes(5)
MINUTE = Duration.minutes(1)
ERRORS = "the newest error lines: saved query `errors by route`; then what was deployed last"

SILENCE = {
    "logs": "whether its log lines arrive; whether they keep the contract (`ops <environment> logs check`)",
    "alb": "whether the load balancer has healthy targets; whether requests go through the one that `[api]` names",
    "apigateway": "whether requests go through the API and the stage that `[api]` names",
}


class ApiAlarms(Construct):
    """Each alarm is an attribute.  `failing` are parts of a composite alarm, and tell nobody themselves."""

    def __init__(self, scope: Construct, environment: Environment, signals: ApiSignals, alarms: Alarms) -> None:
        super().__init__(scope, "Api")
        self._settings = environment.api
        self._signals = signals
        self._alarms = alarms
        api = environment.api
        self.failing = (
            self._on_rate("error-rate", api.error_percent, Level.HIGH),
            self._on_count("errors", api.errors_per_minute, Level.HIGH),
        )
        self.failing_critically = (
            self._on_rate("error-rate-critical", api.error_critical_percent, Level.CRITICAL),
            self._on_count("errors-critical", api.errors_per_minute_critical, Level.CRITICAL),
        )
        self.latency = self._on_latency()
        self.traffic = self._on_traffic() if api.traffic_anomaly else None
        # Probes are requests: while endpoints are probed, a log without requests is one that does not arrive.
        self.silent = self._on_silence() if environment.uptime.endpoints else None

    def _on_rate(self, name: str, percent: float, level: Level) -> aws_cloudwatch.Alarm:
        return self._alarms.add(
            self,
            name,
            self._signals.error_rate(WINDOW, self._settings.least_requests),
            subject="api",
            threshold=percent,
            level=level,
            runbook=Runbook.HIGH_ERROR_RATE,
            missing=Missing.NOT_BREACHING,
            meaning=f"More than {percent:g} % of the API's requests fail, over five minutes.",
            first_look=ERRORS,
            section=Section.USERS,
            delivers=level is Level.CRITICAL,
        )

    def _on_count(self, name: str, per_minute: int, level: Level) -> aws_cloudwatch.Alarm:
        return self._alarms.add(
            self,
            name,
            self._signals.failures(MINUTE),
            subject="api",
            threshold=per_minute,
            breaches=2,
            level=level,
            runbook=Runbook.HIGH_ERROR_RATE,
            missing=Missing.NOT_BREACHING,
            meaning=f"More than {per_minute} of the API's requests fail in a minute, twice in a row.",
            first_look=ERRORS,
            section=Section.USERS,
            delivers=level is Level.CRITICAL,
        )

    def _on_latency(self) -> aws_cloudwatch.Alarm:
        limit = self._settings.latency_p95_ms
        return self._alarms.add(
            self,
            "latency-p95",
            self._signals.latency("p95", WINDOW),
            subject="api",
            threshold=self._signals.limit(limit),
            breaches=3,
            level=Level.MEDIUM,
            runbook=Runbook.SERVICE_SLOW,
            missing=Missing.NOT_BREACHING,
            meaning=f"One request in twenty takes longer than {limit} ms, for fifteen minutes.",
            first_look="which routes: saved query `slow requests`; then the database",
            section=Section.USERS,
        )

    def _on_traffic(self) -> aws_cloudwatch.AnomalyDetectionAlarm:
        return self._alarms.add_anomaly(
            self,
            "traffic",
            self._signals.request_rate(WINDOW),
            subject="api",
            deviations=self._settings.traffic_band,
            breaches=3,
            level=Level.MEDIUM,
            runbook=Runbook.TRAFFIC,
            missing=Missing.NOT_BREACHING,
            meaning="Traffic is far from what is usual at this hour, for fifteen minutes.",
            first_look="whether it is a drop or a spike, on the dashboard; then which routes and clients",
            section=Section.USERS,
        )

    def _on_silence(self) -> aws_cloudwatch.Alarm:
        return self._alarms.add(
            self,
            "silent",
            self._signals.request_rate(WINDOW),
            subject="api",
            comparison=BELOW,
            threshold=1,
            breaches=6,
            level=Level.MEDIUM,
            runbook=Runbook.TRAFFIC,
            missing=Missing.BREACHING,
            meaning="No request of the API is seen for half an hour, not even a probe: its errors are not seen either.",
            first_look=SILENCE[self._settings.source],
            section=Section.ITSELF,
        )
