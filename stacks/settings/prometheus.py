"""Sections `[[api.prometheus]]`: what the backend says of itself to Prometheus, and which of it becomes metrics."""

import json
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from lambdas.prometheus_scrape.sources import Kind, Series, Source
from lambdas.shared.guarded_http.headers import headers_from
from lambdas.shared.guarded_http.urls import check_url
from lambdas.vocabulary.codec import encode
from stacks.settings.section import Section
from stacks.settings.types import (
    AlarmLimit,
    EndpointName,
    EndpointUrl,
    Headers,
    LabelNames,
    SeriesName,
    refuse_repeated,
)

MOST_CHARACTERS = 3000
"""Of all endpoints and series as the function is given them: its variables have 4 KB in all."""


class PrometheusSeries(Section):
    """A name of the endpoint's answer that becomes a metric."""

    name: Annotated[
        SeriesName,
        Field(description="Its name in the answer; of a histogram that of the whole, without `_bucket`."),
    ]
    kind: Annotated[
        Literal["gauge", "counter", "histogram"] | None,
        Field(
            description="What it is. Left out: a counter if its name ends with `_total`, `_count` or `_sum`, else a"
            " gauge."
        ),
    ] = None
    labels: Annotated[
        LabelNames,
        Field(
            description="Labels that become dimensions: each combination of their values is a metric of its own, $0.30"
            " a month. Over all others it is added up."
        ),
    ] = ()
    combinations: Annotated[
        int,
        Field(ge=1, le=100, description="So many combinations are paid for at most; a series that has more is not."),
    ] = 10
    alarm_above: Annotated[
        AlarmLimit | None,
        Field(
            description="Alarm above it: a gauge three times in a row, what a counter added between two scrapes, the"
            " 95th percentile of a histogram three times in a row. Without `labels` only."
        ),
    ] = None

    @property
    def scraped(self) -> Series:
        """As the function is given it."""
        kind = Kind(self.kind) if self.kind else Kind.of(self.name)
        return Series(self.name, kind, self.labels, self.combinations, self.alarm_above)

    @model_validator(mode="after")
    def _can_be_told(self) -> Self:
        if self.labels and self.alarm_above is not None:
            raise ValueError(
                "alarm_above needs a series without labels, whose values nobody knows before: name it twice"
            )
        if self.name in self.labels:
            raise ValueError(f"labels must not have the series' own name, {self.name}")
        return self


class PrometheusEndpoint(Section):
    """One URL that answers in Prometheus' format."""

    name: Annotated[EndpointName, Field(description="What alarms and metrics call it.")]
    url: Annotated[
        EndpointUrl, Field(description="What is asked for; https, or http too with `allow_private`. No redirects.")
    ]
    headers: Annotated[Headers, Field(description="Headers of the request, such as one with a token.")] = {}  # noqa: RUF012  (pydantic copies it)
    allow_private: Annotated[bool, Field(description="Whether its host may lie on a private or loopback address.")] = (
        False
    )
    interval_minutes: Annotated[int, Field(ge=1, le=60, description="How often it is read.")] = 5
    one_process: Annotated[
        bool,
        Field(
            description="Counters need `process_start_time_seconds` in the answer, by which restarts and several"
            " processes are noticed. True: it is not there, and one process alone answers, or one that counts for all."
        ),
    ] = False
    series: tuple[PrometheusSeries, ...] = Field(default=(), strict=False)

    @property
    def in_names(self) -> str:
        """As the names of its alarms have it."""
        return self.name.replace(" ", "-")

    @property
    def scraped(self) -> Source:
        """As the function is given it."""
        return Source(
            self.name,
            self.url,
            tuple(one.scraped for one in self.series),
            self.headers,
            self.allow_private,
            self.one_process,
            self.interval_minutes,
        )

    @field_validator("series")
    @classmethod
    def _each_once(cls, series: tuple[PrometheusSeries, ...]) -> tuple[PrometheusSeries, ...]:
        if not series:
            raise ValueError("must name one series or more, in [[api.prometheus.series]]")
        refuse_repeated([one.scraped.key for one in series])
        return series

    @model_validator(mode="after")
    def _can_be_asked(self) -> Self:
        check_url(self.url)
        headers_from(dict(self.headers))
        if self.url.startswith("http:") and not self.allow_private:
            raise ValueError("url must be https: only an endpoint with allow_private may answer without TLS")
        return self


def refuse_too_many(endpoints: tuple[PrometheusEndpoint, ...]) -> tuple[PrometheusEndpoint, ...]:
    """Raises ValueError for what the function has no room for."""
    refuse_repeated([one.in_names for one in endpoints], "the name")
    size = len(json.dumps(encode(tuple(one.scraped for one in endpoints))))
    if size > MOST_CHARACTERS:
        raise ValueError(
            f"must name fewer series: they take {size} characters, and a function has room for {MOST_CHARACTERS}, which"
            " is about 25 series"
        )
    return endpoints
