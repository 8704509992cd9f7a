"""Sends requests at a constant rate, whatever the answers take.

Open loop: a request is due at its moment and sent then, over a connection that is free or a new one.  A generator that
waited for answers would ask a slow API less, and call it fast (coordinated omission).
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from time import monotonic
from typing import Final

from lambdas.load_test.http_connection import Arrival
from lambdas.load_test.pool import Pool
from lambdas.load_test.routes import Ask
from lambdas.load_test.tally import Tally
from lambdas.shared.guarded_http.connect import Network, Target

LATE: Final = 0.1
"""Seconds after its moment from which a request is late, by the generator's fault."""
MOST_OPEN: Final = 500
"""Connections, of the 1 024 files that a function may have open."""
_LOOK: Final = 0.1
"""Seconds between two looks for answers that are overdue."""
_BURST: Final = 16
"""Requests that are overdue and sent before answers are read again."""


class Load:
    """The pools of all hosts."""

    def __init__(self, network: Network, asks: Iterable[Ask], timeout: timedelta, *, allow_private: bool) -> None:
        targets = {
            (ask.host, ask.port): Target(ask.host, ask.port, tls=True, allow_private=allow_private) for ask in asks
        }
        most = MOST_OPEN // len(targets)
        self._pools: Mapping[tuple[str, int], Pool] = {
            key: Pool(target, network, timeout, most) for key, target in targets.items()
        }
        self._network = network
        self._is_idle = asyncio.Event()

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Load"]:
        sweeping = asyncio.create_task(self._sweep())
        try:
            yield self
        finally:
            sweeping.cancel()
            await asyncio.gather(sweeping, *(pool.close() for pool in self._pools.values()), return_exceptions=True)
            self._network.resolver.close()

    @property
    def opened(self) -> int:
        return sum(pool.opened for pool in self._pools.values())

    @property
    def faults(self) -> str:
        """Why connections could not be opened, in one line."""
        found = ((host, pool.last_fault) for (host, _), pool in self._pools.items() if pool.last_fault)
        return "; ".join(fault if fault.startswith(host) else f"{host}: {fault}" for host, fault in found)

    async def drive(self, moments: Iterable[float], asks: Iterator[Ask], tally: Tally) -> None:
        """Send a request at each of the moments of the monotonic clock."""
        overdue = 0
        for due in moments:
            ahead = due - monotonic()
            overdue = 0 if ahead > 0 else overdue + 1
            if ahead > 0:
                await asyncio.sleep(ahead)
            elif overdue % _BURST == 0:
                await asyncio.sleep(0)
            tally.late += monotonic() - due > LATE
            self.send(next(asks), due, tally)

    def send(self, ask: Ask, due: float, tally: Tally) -> None:
        self._pools[ask.host, ask.port].send(Arrival(due, ask, tally))

    async def finished(self) -> None:
        """Until every request has its answer or was given up."""
        self._is_idle.clear()
        await self._is_idle.wait()

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(_LOOK)
            for pool in self._pools.values():
                pool.end_overdue()
            if all(pool.is_idle for pool in self._pools.values()):
                self._is_idle.set()
