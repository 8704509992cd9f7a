"""What is stored of an endpoint."""

from dataclasses import dataclass

from lambdas.shared.endpoint_state.current import Current
from lambdas.shared.endpoint_state.day import Day
from lambdas.shared.endpoint_state.incident import Incident


@dataclass(frozen=True)
class History:
    current: Current
    days: tuple[Day, ...] = ()
    """Those that are known, oldest first; the present one is the last."""
    incidents: tuple[Incident, ...] = ()
    """Oldest first."""
