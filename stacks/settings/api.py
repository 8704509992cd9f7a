"""Sections `[api]` and `[objectives]`: where the API's golden signals come from, and what its users are promised."""

from typing import Annotated, Literal

from pydantic import Field

from stacks.settings.section import Section
from stacks.settings.types import LogGroupName


class Api(Section):
    """The API's traffic, errors and latency."""

    source: Annotated[
        Literal["logs", "alb", "apigateway"], Field(description="Where its requests are seen: its own log, or AWS's.")
    ] = "logs"
    log_group: Annotated[
        LogGroupName | None,
        Field(
            description="The log group that its lines are in already. Left out: one is made, `/junkos/<name>/backend`."
        ),
    ] = None


class Objectives(Section):
    """What the users are promised over thirty days."""

    availability_percent: Annotated[
        float, Field(ge=90, le=99.999, description="Requests, or probes, that succeed.")
    ] = 99.9
