"""The endpoints that are probed."""

from typing import Annotated, Any, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from lambdas.health_check.endpoints import DEFAULT_STATUSES, BadEndpointError, Endpoint, Method, endpoint_from
from lambdas.status_page.look import LEAST_CONTRAST, Scheme, least_contrast
from stacks.settings.section import Section, refused
from stacks.settings.types import (
    Colour,
    Conditions,
    EndpointName,
    EndpointUrl,
    Headers,
    Logo,
    Regions,
    Seconds,
    Statuses,
    Text,
    WarningDays,
    refuse_repeated,
)


class MonitoredEndpoint(Section):
    """One URL that is probed, and what is expected of it; the defaults are the probing function's own."""

    name: Annotated[EndpointName, Field(description="What alarms, metrics and the status page call it.")]
    url: Annotated[EndpointUrl, Field(description="What is asked for; redirects are followed.")]
    method: Annotated[Method, Field(description="How; no body is sent.")] = Endpoint.method
    headers: Annotated[Headers, Field(description="Headers of the request, sent to the URL's own origin only.")] = {}  # noqa: RUF012  (pydantic copies it)
    expected_status: Annotated[Statuses, Field(description="Answers that are right.")] = DEFAULT_STATUSES
    timeout_s: Annotated[Seconds, Field(gt=0, le=60, description="For everything together, redirects too.")] = (
        Endpoint.timeout_s
    )
    slow_s: Annotated[Seconds, Field(gt=0, le=60, description="An answer that takes longer is slow, not down.")] = (
        Endpoint.slow_s
    )
    conditions: Annotated[Conditions, Field(description="What the body must say, or the endpoint is down.")] = ()
    certificate_warning_days: Annotated[
        WarningDays, Field(description="Days before the certificate's end at which alarms are raised: low, then high.")
    ] = Endpoint.certificate_warning_days
    public: Annotated[bool, Field(description="Whether the status page shows it.")] = Endpoint.public
    group: Annotated[
        Text | None,
        Field(description="The heading of the status page that it stands under. Left out: none, before all others."),
    ] = None
    allow_private: Annotated[bool, Field(description="Whether its host may lie on a private or loopback address.")] = (
        Endpoint.allow_private
    )

    @property
    def in_names(self) -> str:
        """As the names of its alarms have it."""
        return self.name.replace(" ", "-")

    def written(self) -> dict[str, Any]:
        """As `endpoints.json` has it; a group that is not given changes nothing there."""
        return self.model_dump(mode="json", exclude=None if self.group else {"group"})

    @model_validator(mode="after")
    def _can_be_probed(self) -> Self:
        try:
            endpoint_from(self.written())
        except BadEndpointError as error:
            raise ValueError(str(error)) from None
        return self


class Uptime(Section):
    """Probing the API from outside, and the page for its users."""

    interval_minutes: Annotated[int, Field(ge=1, le=60, description="How often every endpoint is probed.")] = 5
    failures: Annotated[
        int, Field(ge=1, le=10, description="How many bad probes in a row are an outage, and not a hiccup.")
    ] = 2
    flapping_failures: Annotated[
        int,
        Field(ge=2, le=12, description="This many bad probes of the last twelve are an alarm, even if fine between."),
    ] = 5
    probe_regions: Annotated[Regions, Field(description="Further regions that probe at the same time.")] = ()
    quorum: Annotated[
        int, Field(ge=1, le=10, description="How many regions must agree; 1 while only the home region probes.")
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
    status_page_logo: Annotated[
        Logo | None,
        Field(description="A picture beside the heading of the page, which a copy of it goes with."),
    ] = None
    status_page_accent: Annotated[
        Colour | None, Field(description="Of the heading and links. It must be readable: a contrast of 4.5 or more.")
    ] = None
    status_page_accent_dark: Annotated[Colour | None, Field(description="The same in the dark scheme.")] = None
    endpoints: tuple[MonitoredEndpoint, ...] = Field(default=(), strict=False)

    @model_validator(mode="before")
    @classmethod
    def _refuse_old_name(cls, content: Any) -> Any:
        """Here and not as an unknown setting, so that no other message about the regions follows."""
        if isinstance(content, dict) and "places" in content:
            raise refused("places", "is now called probe_regions")
        return content

    @field_validator("quorum")
    @classmethod
    def _within_reach(cls, quorum: int, info: ValidationInfo) -> int:
        regions = 1 + len(info.data.get("probe_regions", ()))
        if quorum > regions:
            raise ValueError(f"must not be more than the regions that probe ({regions}, the home region included)")
        if regions > 1 and quorum == 1:
            raise ValueError("must be 2 or more with several regions: one region alone could declare an outage")
        return quorum

    @field_validator("status_page_accent", "status_page_accent_dark")
    @classmethod
    def _readable(cls, colour: str | None, info: ValidationInfo) -> str | None:
        scheme = Scheme.DARK if str(info.field_name).endswith("dark") else Scheme.LIGHT
        if colour and (contrast := least_contrast(colour, scheme)) < LEAST_CONTRAST:
            darker = "darker" if scheme is Scheme.LIGHT else "lighter"
            raise ValueError(
                f"has a contrast of {int(contrast * 10) / 10} with the {scheme} page, and must have {LEAST_CONTRAST} or"
                f" more: take a {darker} one"
            )
        return colour

    @field_validator("endpoints")
    @classmethod
    def _each_once(cls, endpoints: tuple[MonitoredEndpoint, ...]) -> tuple[MonitoredEndpoint, ...]:
        refuse_repeated([endpoint.in_names for endpoint in endpoints], "the name")
        return endpoints
