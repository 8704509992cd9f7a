"""The alarms on endpoints that find no room beside their prober: CloudFormation takes 500 resources in one stack."""

from collections.abc import Iterator, Sequence
from typing import Any

from aws_cdk import Stack
from constructs import Construct

from stacks.constructs.alarms import Alarms
from stacks.constructs.endpoint_alarms import EndpointAlarms
from stacks.settings import MonitoredEndpoint, Uptime

ROOM = 50
"""Endpoints of one stack; each has nine alarms at most."""


class EndpointsStack(Stack):
    """The last one is deployed first, and the prober's last of all.

    When an endpoint goes, those behind it move up: a name must be free in one stack before the next one takes it.
    """

    def __init__(
        self,
        scope: Construct,
        identifier: str,
        *,
        endpoints: Sequence[MonitoredEndpoint],
        uptime: Uptime,
        alarms: Alarms,
        **stack: Any,
    ) -> None:
        super().__init__(scope, identifier, **stack)
        for endpoint in endpoints:
            EndpointAlarms(self, endpoint, uptime, alarms)


def without_room(uptime: Uptime) -> Iterator[Sequence[MonitoredEndpoint]]:
    """The endpoints of each further stack."""
    return (uptime.endpoints[start : start + ROOM] for start in range(ROOM, len(uptime.endpoints), ROOM))
