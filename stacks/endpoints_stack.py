"""The alarms on endpoints that find no room beside their prober."""

from collections.abc import Sequence
from typing import Any

from aws_cdk import Stack
from constructs import Construct

from stacks.alarms.endpoints import alarm_on_endpoints
from stacks.alarms.spec import Alarms
from stacks.settings import MonitoredEndpoint


class EndpointsStack(Stack):
    """The last one is deployed first, and the prober's last of all; `without_room` are the endpoints of further ones.

    When an endpoint goes, those behind it move up: a name must be free in one stack before the next one takes it.
    """

    def __init__(
        self,
        scope: Construct,
        identifier: str,
        *,
        endpoints: Sequence[MonitoredEndpoint],
        alarms: Alarms,
        **stack: Any,
    ) -> None:
        super().__init__(scope, identifier, **stack)
        self.without_room = alarm_on_endpoints(self, endpoints, alarms)
