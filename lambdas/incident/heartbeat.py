"""Says to a monitor elsewhere that incidents are looked after: it notices when all of this account fails."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from lambdas.notify.channel import Channel, Store
from lambdas.notify.secrets import Secrets
from lambdas.shared.clock import Clock
from lambdas.shared.delivery_errors import DeliveryError
from lambdas.shared.incidents.table import IncidentTable
from lambdas.shared.observability import logger
from lambdas.shared.post import Request

NAME = "heartbeat"


@dataclass(frozen=True)
class Heartbeat:
    table: IncidentTable
    parameter: str | None
    """With the URL; without one nothing is said."""
    secrets: Secrets
    post: Callable[..., object]
    clock: Clock
    every: timedelta

    def beat(self) -> None:
        """A monitor that does not answer is logged: what it does then is its own alarm."""
        if not self.parameter:
            return
        moment, last = self.clock(), self.table.last(NAME)
        if (last and moment - last < self.every) or not self.table.advance(NAME, last, moment):
            return
        try:
            url = self.secrets.of(Channel(NAME, NAME, (), Store.PARAMETER, self.parameter))
            self.post(Request(url, b""))
        except DeliveryError as error:
            logger.error("the heartbeat was not taken", reason=str(error))
