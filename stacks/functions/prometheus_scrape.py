"""The function that reads Prometheus endpoints, with what it remembers of them, its schedules and alarms."""

from aws_cdk import Duration, aws_iam, aws_scheduler
from constructs import Construct

from lambdas.prometheus_scrape.settings import Settings
from stacks.alarms.functions import alarm_on_silence
from stacks.alarms.prometheus import alarm_on_faults, series_alarms
from stacks.platform.endpoints_layer import endpoints_layer
from stacks.platform.function import MonitoringFunction
from stacks.platform.platform import Platform
from stacks.platform.schedules import run_at, scheduler_role
from stacks.resources.state_tables import prometheus_states
from stacks.settings import Environment

TIMEOUT = Duration.seconds(60)  # all are asked at once, for ten seconds; the largest answers take seconds to read


class PrometheusScrape(Construct):
    """For environments whose file has `[[api.prometheus]]`."""

    def __init__(self, scope: Construct, platform: Platform) -> None:
        super().__init__(scope, "Prometheus")
        environment = platform.environment
        states = prometheus_states(self, environment)
        function = self._function(platform, states.table_name)
        function.allow(["dynamodb:GetItem", "dynamodb:PutItem"], [states.table_arn])
        function.allow_header_values(endpoint.headers for endpoint in environment.api.prometheus)
        self._run_on_schedule(function, environment, scheduler_role(self, environment, "prometheus"))
        platform.make_alarms(function, [alarm_on_silence("prometheus_scrape", environment, _intervals(environment)[0])])
        platform.make_alarms(self, [alarm_on_faults(environment)])
        alarms = Construct(self, "Alarms")
        for endpoint in environment.api.prometheus:
            platform.make_alarms(Construct(alarms, endpoint.in_names), series_alarms(environment, endpoint))

    def _function(self, platform: Platform, state_table: str) -> MonitoringFunction:
        environment = platform.environment
        return MonitoringFunction(
            self,
            "prometheus_scrape",
            settings=Settings(
                environment=environment.name,
                sources=tuple(endpoint.scraped for endpoint in environment.api.prometheus),
                state_table=state_table,
            ),
            platform=platform,
            layers=[platform.layers.probing, platform.layers.prometheus, endpoints_layer(self, environment)],
            memory=512,
            timeout=TIMEOUT,
        )

    def _run_on_schedule(self, function: MonitoringFunction, environment: Environment, scheduler: aws_iam.Role) -> None:
        """One schedule for each interval, which says whose endpoints are due."""
        shortest, *_ = intervals = _intervals(environment)
        for minutes in intervals:
            due = {"slot": aws_scheduler.ContextAttribute.scheduled_time, "minutes": minutes}
            run_at(
                self,
                f"Every{minutes}MinutesSchedule",
                aws_scheduler.ScheduleExpression.rate(Duration.minutes(minutes)),
                function,
                scheduler,
                name=function.name if minutes == shortest else f"{function.name}-{minutes}",
                input=aws_scheduler.ScheduleTargetInput.from_object(due),
                retry_attempts=0,  # the next one is due before a retry would be of use
            )


def _intervals(environment: Environment) -> list[int]:
    return sorted({endpoint.interval_minutes for endpoint in environment.api.prometheus})
