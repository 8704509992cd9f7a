"""Delays probes while the event loop is busy, so that the prober's own limits are not measured as latency."""

import asyncio
import time

BUSY = 0.002
"""Seconds that one round of the event loop may take before the next probe has to wait for the ones under way."""
PATIENCE = 0.01
"""Seconds that a probe waits at most once it is first in line: hostile servers can keep the loop busy at will."""


class LoopThrottle:
    """One probe at a time goes on, in a quiet moment.  For one event loop.

    Probes that wait for their servers do not make a moment less quiet, however many they are.
    """

    def __init__(self) -> None:
        self._line = asyncio.Lock()

    async def wait(self) -> None:
        async with self._line:
            await _wait_for_quiet_loop()


async def _wait_for_quiet_loop() -> None:
    ended = began = time.perf_counter()
    while ended - began < PATIENCE:
        await asyncio.sleep(0)
        before, ended = ended, time.perf_counter()
        if ended - before < BUSY:
            return
