"""When a probe may begin, so that the prober's own limits are not measured as the endpoints' slowness."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

OPEN = 800
"""Probes under way at once: a function may have 1 024 files open."""
BUSY = 0.002
"""Seconds that one turn of the event loop may take before the next probe has to wait for the ones under way."""
PATIENCE = 0.01
"""Seconds that a probe waits at most for that: hostile servers can keep the loop busy for as long as they like."""


class Admission:
    """For one event loop.  Probes that wait for their servers do not count, however many they are."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(OPEN)
        self._gate = asyncio.Lock()

    @contextlib.asynccontextmanager
    async def admitted(self) -> AsyncIterator[None]:
        async with self._places:
            async with self._gate:
                await _a_quiet_turn()
            yield


async def _a_quiet_turn() -> None:
    turn = asked = time.perf_counter()
    while turn - asked < PATIENCE:
        await asyncio.sleep(0)
        before, turn = turn, time.perf_counter()
        if turn - before < BUSY:
            return
