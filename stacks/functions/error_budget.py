"""What users are promised over thirty days: the function that holds it to the counts, and its alarms."""

from collections.abc import Iterator
from functools import partial

from aws_cdk import Duration
from constructs import Construct

from lambdas.error_budget.burn_rate import PERIOD
from lambdas.error_budget.objective import Objective, Promise, Series
from lambdas.error_budget.settings import Settings
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Dimension, Metric
from lambdas.vocabulary.runbooks import Runbook
from stacks.alarms.api_signals import COUNT, ApiSignals
from stacks.alarms.functions import alarm_on_silence
from stacks.alarms.spec import AlarmSpec, Missing, Section, Statistic, own_metric
from stacks.platform.function import MonitoringFunction
from stacks.platform.platform import Platform
from stacks.platform.schedules import run_every, scheduler_role
from stacks.settings import Environment

INTERVAL_MINUTES = int(PERIOD.total_seconds()) // 60


class ErrorBudget(Construct):
    """Two promises, availability and latency, each seen from the API's requests and from the probes.

    An alarm is per promise, not per side: the log line says which side saw it.
    """

    def __init__(self, scope: Construct, platform: Platform, signals: ApiSignals) -> None:
        super().__init__(scope, "ErrorBudget")
        environment = platform.environment
        function = self._function(platform, signals)
        scheduler = scheduler_role(self, environment, "monitoring")
        run_every(self, "ErrorBudget", INTERVAL_MINUTES, function, scheduler)
        platform.make_alarms(function, [alarm_on_silence("error_budget", environment, INTERVAL_MINUTES)])
        platform.make_alarms(self, error_budget_alarms(environment))

    def _function(self, platform: Platform, signals: ApiSignals) -> MonitoringFunction:
        environment = platform.environment
        promised = environment.objectives
        function = MonitoringFunction(
            self,
            "error_budget",
            settings=Settings(
                environment=environment.name,
                objectives=tuple(one.to_json() for one in objectives_of(environment, signals)),
                least_events=promised.least_events,
                least_failures=promised.least_failures,
            ),
            platform=platform,
            memory=256,
            timeout=Duration.seconds(30),
        )
        function.allow(
            ["cloudwatch:GetMetricData"], ["*"], because="This action takes no resource, and reads numbers only."
        )
        return function


def error_budget_alarms(environment: Environment) -> Iterator[AlarmSpec]:
    row = partial(
        AlarmSpec,
        subject="budget",
        threshold=0,
        periods=2,  # a run may be a moment late and leave a period empty
        runbook=Runbook.ERROR_BUDGET,
        missing=Missing.NOT_BREACHING,
        first_look="the newest 'error budget' lines in the log of error_budget: burn rates, and who sees it",
        section=Section.USERS,
    )
    for promise in Promise:
        metric = partial(
            own_metric,
            environment,
            of={Dimension.OBJECTIVE: promise},
            period=Duration.minutes(INTERVAL_MINUTES),
            statistic=Statistic.MAXIMUM,
        )
        broken = f"Users do not get the {promise} that they are promised"
        yield row(
            name=f"{promise}-burns-fast",
            metric=metric(Metric.BUDGET_BURNS_FAST),
            level=Level.HIGH,
            meaning=f"{broken}: the budget of thirty days is gone in days, or sooner.",
        )
        yield row(
            name=f"{promise}-burns-slowly",
            metric=metric(Metric.BUDGET_BURNS_SLOWLY),
            level=Level.LOW,
            meaning=f"{broken}: at this rate the thirty days will not keep the promise.",
        )


def objectives_of(environment: Environment, signals: ApiSignals) -> Iterator[Objective]:
    """The API's requests, and the probes of one endpoint where any is probed.

    An answer that never came is a matter of availability: latency is promised of what was answered.
    """
    promised = environment.objectives
    availability, latency = promised.availability_percent, promised.latency_percent
    in_time = signals.within(promised.latency_ms)
    yield Objective(Promise.AVAILABILITY, "api", availability, events=signals.requests, bad=signals.failed)
    yield Objective(Promise.LATENCY, "api", latency, events=signals.answered, good=(in_time,))
    if endpoint := environment.promised_endpoint:
        subject: dict[str, str] = {Dimension.ENVIRONMENT: environment.name, Dimension.ENDPOINT: endpoint}

        def probes(metric: Metric, statistic: str) -> Series:
            return Series.of(environment.names.namespace, metric, statistic, subject)

        up, answered_in_time = probes(Metric.UP, Statistic.SUM), probes(Metric.LATENCY, f"TC(:{promised.latency_ms})")
        every = probes(Metric.UP, COUNT)
        yield Objective(Promise.AVAILABILITY, f"probes of {endpoint}", availability, events=(every,), good=(up,))
        yield Objective(Promise.LATENCY, f"probes of {endpoint}", latency, events=(up,), good=(answered_in_time,))
