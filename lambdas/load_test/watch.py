"""Ends a load test within five seconds of an alarm, or of a person's wish."""

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import Final

from lambdas.shared.observability import logger

INTERVAL: Final = 1.5
"""Seconds from the end of a look to the next; CloudWatch takes nine of them a second from an account."""
PATIENCE: Final = 2.0
"""Seconds that one look may take."""
BLIND: Final = 3.0
"""Seconds without a look after which the test ends: what nobody watches must not go on."""

Look = Callable[[], str]
"""Why the test must end, or an empty text; blocks, and may raise."""


async def watch(look: Look) -> str:
    """Returns when the test must end, and why."""
    seen_at = monotonic()
    while True:
        try:
            async with asyncio.timeout(PATIENCE):
                reason = await asyncio.to_thread(look)
        except Exception as error:  # noqa: BLE001 - whatever it is, nothing was seen
            logger.warning("the alarms were not read", reason=f"{type(error).__name__}: {error}")
            if monotonic() - seen_at > BLIND:
                return "its alarms could not be read, so that nothing would have ended it"
        else:
            if reason:
                return reason
            seen_at = monotonic()
        await asyncio.sleep(INTERVAL)
