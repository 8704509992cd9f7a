from dataclasses import dataclass
from datetime import timedelta

from lambdas.shared.endpoint_state.observation import Rules
from lambdas.shared.environment import FunctionSettings


@dataclass(frozen=True)
class Settings(FunctionSettings):
    region: str
    """The region that this copy runs in."""
    other_regions: tuple[str, ...]
    """The regions that are asked to probe too; empty when only the home region probes, and in the copies there."""
    quorum: int
    """How many regions must see the same: 1 without other regions, and never more than there are."""
    reserve: timedelta
    """Kept of the function's time for reporting what was found; 5 s do for 1 000 endpoints."""
    phase_metrics: bool
    """Whether the parts of the latency become metrics too: four more that are paid for, per endpoint and region."""
    reference: str | None
    """`host:port` of a server that is known to answer, such as the region's `sts.<region>.amazonaws.com:443`: when no
    endpoint can be reached, it shows whether the prober's own network is the cause."""
    state_table: str | None = None
    """The table that keeps the endpoints' states; none in the copies in other regions."""
    confirmations: int = 2
    """How many probes in a row must be worse before the state is."""
    interval: timedelta = timedelta(minutes=5)
    """Between two scheduled runs."""
    flapping: int = 5
    """How many of the last twelve probes are down when an endpoint comes and goes."""

    @property
    def rules(self) -> Rules:
        return Rules(self.confirmations, self.interval, self.flapping)
