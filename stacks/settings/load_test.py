"""Section `[load_test]`: which hosts and routes a load test may ask, and how much.  Without it there is none."""

from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from stacks.settings.section import Section
from stacks.settings.types import Hosts, LoadedUrl, LoadMark, refuse_repeated

_MOST_CHARACTERS = 1800  # of all URLs and hosts: a function has room for 4 KB of settings


class LoadedRoute(Section):
    """What is asked, by GET."""

    url: Annotated[LoadedUrl, Field(description="What is asked for, by GET; redirects are errors.")]
    weight: Annotated[int, Field(ge=1, le=100, description="Its share of the requests, among those of all routes.")] = 1


class LoadTest(Section):
    """A load test, which a person starts."""

    hosts: Annotated[Hosts, Field(min_length=1, max_length=5, description="The only hosts that are asked.")]
    routes: tuple[LoadedRoute, ...] = Field(min_length=1, max_length=20, strict=False)
    allow_private: Annotated[bool, Field(description="Whether the hosts may lie on private or loopback addresses.")] = (
        False
    )
    mark: Annotated[
        LoadMark,
        Field(
            description="The value of the header `X-Load-Test`. With source `logs`, choose one that nobody guesses: the"
            " backend leaves requests with it out of alarms and objectives."
        ),
    ] = "1"
    step_seconds: Annotated[int, Field(ge=10, le=180, description="How long each of the four steps lasts.")] = 120
    timeout_s: Annotated[int, Field(ge=1, le=30, description="An answer that takes longer is an error.")] = 10
    max_requests: Annotated[
        int, Field(ge=1, le=500_000, description="A test that needs more requests is refused before it begins.")
    ] = 100_000
    max_error_percent: Annotated[
        float, Field(ge=0, le=100, description="A step with more errors has failed, and ends the test.")
    ] = 1
    max_p95_ms: Annotated[
        int | None,
        Field(ge=1, le=60_000, description="The same of a slower p95. Left out: `latency_p95_ms` of `[api]`."),
    ] = None

    @model_validator(mode="after")
    def _on_its_hosts(self) -> Self:
        urls = [route.url for route in self.routes]
        refuse_repeated(urls, "the URL")
        for url in urls:
            if (host := urlsplit(url).hostname) not in self.hosts:
                raise ValueError(f"routes: {url} must be on one of hosts ({', '.join(self.hosts)}; it is on {host})")
        if (total := sum(map(len, (*urls, *self.hosts)))) > _MOST_CHARACTERS:
            raise ValueError(
                f"must be {_MOST_CHARACTERS} characters of hosts and URLs at most (it has {total}): a function has room"
                " for 4 KB"
            )
        return self
