"""Sections `[api]` and `[objectives]`: where the API's golden signals come from, and what its users are promised."""

from typing import Annotated, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from stacks.settings.prometheus import PrometheusEndpoint, refuse_too_many
from stacks.settings.section import Section
from stacks.settings.types import (
    ApiName,
    ApiStage,
    EndpointName,
    LoadBalancerName,
    LogGroupName,
    Routes,
    TargetGroupName,
    in_one_pattern,
)


class Api(Section):
    """The API's traffic, errors and latency."""

    source: Annotated[
        Literal["logs", "alb", "apigateway"], Field(description="Where its requests are seen: its own log, or AWS's.")
    ] = "logs"
    log_group: Annotated[
        LogGroupName | None,
        Field(
            description="The log group that its lines are in already. Left out: `/<service>/<name>/backend` is made."
        ),
    ] = None
    routes: Annotated[
        Routes,
        Field(
            description="Route templates whose latency is told apart, $0.30 a month each; all others are told as one."
            " Source `logs` only."
        ),
    ] = ()
    ignored_routes: Annotated[
        Routes,
        Field(
            description="Route templates that count neither in alarms nor in objectives, such as those of health"
            " checks: many quick answers hide a few failures of users. Source `logs` only."
        ),
    ] = ()
    load_balancer: Annotated[
        LoadBalancerName | None, Field(description="Source `alb`: the last part of the load balancer's ARN.")
    ] = None
    target_group: Annotated[
        TargetGroupName | None,
        Field(description="Source `alb`: the last part of the target group's ARN. Left out: all groups behind it."),
    ] = None
    rest_api: Annotated[ApiName | None, Field(description="Source `apigateway`: the name of a REST API.")] = None
    http_api: Annotated[
        ApiName | None, Field(description="Source `apigateway`: the identifier of an HTTP API, instead of `rest_api`.")
    ] = None
    stage: Annotated[ApiStage | None, Field(description="Source `apigateway`: the stage. Left out: all of them.")] = (
        None
    )
    least_requests: Annotated[
        int,
        Field(
            ge=1, le=100000, description="Below so many requests in five minutes no rate is alarmed: it says little."
        ),
    ] = 20
    error_percent: Annotated[
        float, Field(ge=0.1, le=100, description="Requests answered with 5xx, over five minutes: level high.")
    ] = 5
    error_critical_percent: Annotated[float, Field(ge=0.1, le=100, description="The same: level critical.")] = 10
    errors_per_minute: Annotated[
        int, Field(ge=1, le=100000, description="Answers with 5xx in each of two minutes: level high.")
    ] = 10
    errors_per_minute_critical: Annotated[int, Field(ge=1, le=100000, description="The same: level critical.")] = 50
    latency_p95_ms: Annotated[
        int, Field(ge=1, le=60000, description="The 95th percentile of the latency, for fifteen minutes: level medium.")
    ] = 1000
    traffic_band: Annotated[
        float,
        Field(ge=1, le=10, description="How far traffic may leave its usual course, in standard deviations: medium."),
    ] = 4
    traffic_anomaly: Annotated[bool, Field(description="Whether traffic that leaves its usual course is alarmed.")] = (
        True
    )
    prometheus: tuple[PrometheusEndpoint, ...] = Field(default=(), strict=False)

    @field_validator("prometheus")
    @classmethod
    def _with_room(cls, prometheus: tuple[PrometheusEndpoint, ...]) -> tuple[PrometheusEndpoint, ...]:
        return refuse_too_many(prometheus)

    @field_validator("error_critical_percent")
    @classmethod
    def _above_high(cls, critical: float, info: ValidationInfo) -> float:
        if critical <= (high := info.data.get("error_percent", 0)):
            raise ValueError(f"must be more than error_percent ({high:g})")
        return critical

    @field_validator("errors_per_minute_critical")
    @classmethod
    def _above_high_count(cls, critical: int, info: ValidationInfo) -> int:
        if critical <= (high := info.data.get("errors_per_minute", 0)):
            raise ValueError(f"must be more than errors_per_minute ({high})")
        return critical

    @model_validator(mode="after")
    def _of_its_source(self) -> Self:
        allowed = {
            "logs": {"routes", "ignored_routes"},
            "alb": {"load_balancer", "target_group"},
            "apigateway": {"rest_api", "http_api", "stage"},
        }
        for source, names in allowed.items():
            if source != self.source and (given := sorted(name for name in names if getattr(self, name))):
                raise ValueError(f'{given[0]} needs source = "{source}" (it is "{self.source}")')
        if both := sorted({*self.routes} & {*self.ignored_routes}):
            raise ValueError(f"{both[0]} is in routes and in ignored_routes: keep it in one of them")
        in_one_pattern((*self.routes, *self.ignored_routes))
        if self.source == "alb" and not self.load_balancer:
            raise ValueError('source = "alb" needs load_balancer, such as "app/api/50dc6c495c0c9188"')
        if self.source == "apigateway" and bool(self.rest_api) == bool(self.http_api):
            raise ValueError('source = "apigateway" needs either rest_api or http_api')
        return self


class Objectives(Section):
    """What the users are promised over thirty days."""

    availability_percent: Annotated[
        float, Field(ge=90, le=99.999, description="Requests, or probes, that succeed.")
    ] = 99.9
    latency_percent: Annotated[
        float, Field(ge=50, le=99.999, description="Requests, or probes, that are answered within `latency_ms`.")
    ] = 99
    latency_ms: Annotated[int, Field(ge=1, le=60000, description="The time that `latency_percent` is about.")] = 1000
    least_events: Annotated[
        int, Field(ge=1, le=100000, description="A window with fewer requests, or probes, says nothing.")
    ] = 10
    least_failures: Annotated[
        int, Field(ge=1, le=100000, description="So few failures in a window alarm nobody, whatever their share.")
    ] = 5
    endpoint: Annotated[
        EndpointName | None,
        Field(
            description="The endpoint whose probes count, a name from `[[uptime.endpoints]]`. Left out: the first one."
        ),
    ] = None
