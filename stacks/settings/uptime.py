"""The endpoints that are probed, and the database check."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from lambdas.health_check.endpoints import BadEndpointError, endpoint_from
from stacks.settings.section import Section
from stacks.settings.types import (
    Conditions,
    EndpointName,
    EndpointUrl,
    Headers,
    Regions,
    Seconds,
    Statuses,
    Text,
    WarningDays,
    refuse_repeated,
)


class MonitoredEndpoint(Section):
    """One URL that is probed, and what is expected of it."""

    name: Annotated[EndpointName, Field(description="What alarms, metrics and the status page call it.")]
    url: Annotated[EndpointUrl, Field(description="What is asked for; redirects are followed.")]
    method: Annotated[Literal["GET", "HEAD", "POST", "OPTIONS"], Field(description="How; no body is sent.")] = "GET"
    headers: Annotated[Headers, Field(description="Headers of the request, sent to the URL's own origin only.")] = {}  # noqa: RUF012  (pydantic copies it)
    expected_status: Annotated[Statuses, Field(description="Answers that are right.")] = ("200-299",)
    timeout_s: Annotated[Seconds, Field(gt=0, le=60, description="For everything together, redirects too.")] = 30
    slow_s: Annotated[Seconds, Field(gt=0, le=60, description="An answer that takes longer is slow, not down.")] = 3
    conditions: Annotated[Conditions, Field(description="What the body must say, or the endpoint is down.")] = ()
    certificate_warning_days: Annotated[
        WarningDays, Field(description="Days before the certificate's end at which alarms are raised: low, then high.")
    ] = (30, 7)
    public: Annotated[bool, Field(description="Whether the status page shows it.")] = True
    allow_private: Annotated[bool, Field(description="Whether its host may lie on a private or loopback address.")] = (
        False
    )

    @property
    def in_names(self) -> str:
        """As the names of its alarms have it."""
        return self.name.replace(" ", "-")

    def written(self) -> dict[str, Any]:
        """As `endpoints.json` has it."""
        return self.model_dump(mode="json")

    @model_validator(mode="after")
    def _can_be_probed(self) -> Self:
        try:
            endpoint_from(self.written())
        except BadEndpointError as error:
            raise ValueError(str(error)) from None
        return self


class Uptime(Section):
    """Probing the API from outside, and the page that tells its users."""

    interval_minutes: Annotated[int, Field(ge=1, le=60, description="How often every endpoint is probed.")] = 5
    failures: Annotated[
        int, Field(ge=1, le=10, description="How many bad probes in a row are an outage, and not a hiccup.")
    ] = 2
    flapping_failures: Annotated[
        int,
        Field(ge=2, le=12, description="This many bad probes of the last twelve are an alarm, even if fine between."),
    ] = 5
    places: Annotated[Regions, Field(description="Further regions that probe at the same time.")] = ()
    quorum: Annotated[
        int, Field(ge=1, le=10, description="How many places must agree; 1 while there is only the home region.")
    ] = 1
    memory_mb: Annotated[
        int, Field(ge=256, le=10240, description="Memory of the probing function; 512 do for 1 000 endpoints.")
    ] = 512
    authorities: Annotated[
        Text | None,
        Field(description="A PEM file of further certificate authorities that the probes trust, such as your own."),
    ] = None
    status_page: Annotated[bool, Field(description="Publish a status page of the public endpoints.")] = True
    status_page_title: Annotated[
        Text | None,
        Field(description="Whose status it is, in the heading of the page. Left out: `service_title`."),
    ] = None
    endpoints: tuple[MonitoredEndpoint, ...] = Field(default=(), strict=False)

    @field_validator("quorum")
    @classmethod
    def _within_reach(cls, quorum: int, info: ValidationInfo) -> int:
        places = 1 + len(info.data.get("places", ()))
        if quorum > places:
            raise ValueError(f"must not be more than the places that probe ({places}, the home region included)")
        if places > 1 and quorum == 1:
            raise ValueError("must be 2 or more with several places: one place alone could declare an outage")
        return quorum

    @field_validator("endpoints")
    @classmethod
    def _each_once(cls, endpoints: tuple[MonitoredEndpoint, ...]) -> tuple[MonitoredEndpoint, ...]:
        refuse_repeated([endpoint.in_names for endpoint in endpoints], "the name")
        return endpoints


class DatabaseCheck(Section):
    """Looking into the database itself: from where on something is an alarm."""

    interval_minutes: Annotated[int, Field(ge=1, le=60, description="How often the database is looked into.")] = 5
    connections_percent: Annotated[
        int, Field(ge=10, le=99, description="Connections in use, of those that an ordinary login can open.")
    ] = 80
    idle_in_transaction_seconds: Annotated[
        int, Field(ge=10, le=86400, description="A transaction that is open so long without doing anything.")
    ] = 300
    prepared_transaction_seconds: Annotated[
        int, Field(ge=10, le=86400, description="A transaction that was prepared so long ago and has no end.")
    ] = 300
    longest_query_seconds: Annotated[int, Field(ge=10, le=86400, description="A query that has run for so long.")] = 300
    lock_wait_seconds: Annotated[
        int, Field(ge=1, le=3600, description="A session that has waited so long for a lock is blocked.")
    ] = 10
    transaction_ids_percent: Annotated[
        int, Field(ge=10, le=95, description="Transaction ids used up: time to look at vacuum.")
    ] = 50
    transaction_ids_critical_percent: Annotated[
        int, Field(ge=10, le=95, description="The same, when there is no time left.")
    ] = 75
    replication_lag_seconds: Annotated[int, Field(ge=10, le=86400, description="How far a standby may be behind.")] = (
        300
    )
    sequence_percent: Annotated[
        int, Field(ge=10, le=99, description="A sequence that is so far on its way to its end.")
    ] = 75
    sequence_critical_percent: Annotated[
        int, Field(ge=10, le=99, description="The same, when there is no time left.")
    ] = 90
    slow_statement_ms: Annotated[
        int, Field(ge=10, le=3600000, description="Statements with a longer mean time are listed as slow in the log.")
    ] = 1000

    @field_validator("transaction_ids_critical_percent", "sequence_critical_percent")
    @classmethod
    def _above_the_first(cls, critical: int, info: ValidationInfo) -> int:
        first = str(info.field_name).replace("critical_", "")
        if critical <= (limit := info.data.get(first, 0)):
            raise ValueError(f"must be more than {first} ({limit})")
        return critical
