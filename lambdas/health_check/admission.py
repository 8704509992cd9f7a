"""How many probes may be under way, so that the prober's own limits are not measured as the endpoints' slowness."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

YOUNG = 32
"""Probes that begin together: answers that come at once wait for at most this many others on one processor."""
PATIENCE = 0.2
"""Seconds after which a probe is no longer young: one that hangs must not keep others from beginning."""
OPEN = 800
"""Probes in all: a function may have 1 024 files open."""


class Admission:
    """For one event loop."""

    def __init__(self, young: int = YOUNG, patience: float = PATIENCE, everything: int = OPEN) -> None:
        self._young = asyncio.Semaphore(young)
        self._patience = patience
        self._everything = asyncio.Semaphore(everything)

    @contextlib.asynccontextmanager
    async def admitted(self) -> AsyncIterator[None]:
        async with self._everything:
            await self._young.acquire()
            youth = contextlib.ExitStack()
            youth.callback(self._young.release)
            with youth:
                grown = asyncio.get_running_loop().call_later(self._patience, youth.close)
                try:
                    yield
                finally:
                    grown.cancel()
