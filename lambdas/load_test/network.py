"""How a load test reaches its hosts: by the guarded connections of the probes."""

import itertools
import ssl

from lambdas.shared.guarded_http.connect import Network
from lambdas.shared.guarded_http.loop_throttle import LoopThrottle
from lambdas.shared.guarded_http.resolve import Lookup, Resolver


class _InTurns(Resolver):
    """Each connection begins at another address, as those of many clients do: a load balancer has one in each zone."""

    def __init__(self, lookup: Lookup) -> None:
        super().__init__(lookup)
        self._turns = itertools.count()

    async def addresses(self, host: str) -> list[str]:
        found = await super().addresses(host)
        first = next(self._turns) % max(1, len(found))
        return found[first:] + found[:first]


class _NoThrottle(LoopThrottle):
    """Probes give way to each other; a load that did would be none."""

    async def wait(self) -> None:
        return


def network_of(lookup: Lookup, context: ssl.SSLContext) -> Network:
    """For one event loop.  Names are resolved once: an answer that changes leads nowhere else in the middle."""
    return Network(_InTurns(lookup), context, throttle=_NoThrottle())
