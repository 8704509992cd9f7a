"""The connections to one host: kept open, opened when every one is in use, and never more than a function can have."""

import asyncio
from collections import deque
from contextlib import AsyncExitStack
from datetime import timedelta
from time import monotonic
from typing import Final

from lambdas.load_test.http_connection import Arrival, HttpConnection
from lambdas.shared.guarded_http.connect import Network, Target
from lambdas.shared.guarded_http.errors import ProbeError
from lambdas.shared.guarded_http.observation import Observation
from lambdas.shared.observability import logger
from lambdas.vocabulary.endpoints import Reason
from lambdas.vocabulary.load_tests import Failure

CONNECTING: Final = 8
"""Handshakes at once: each takes milliseconds of the processor that measures the others."""
_TIMEOUTS: Final = {Reason.CONNECT_TIMEOUT, Reason.DNS_TIMEOUT, Reason.TLS_TIMEOUT}


class Pool:
    """`most` requests wait for their answers, or for a connection, at once; the next one is dropped."""

    def __init__(self, target: Target, network: Network, timeout: timedelta, most: int) -> None:
        self._target, self._network, self._most = target, network, most
        self._timeout = timeout.total_seconds()
        self._idle: list[HttpConnection] = []
        self._busy: set[HttpConnection] = set()
        self._waiting: deque[Arrival] = deque()
        self._connecting = 0
        self._connections: set[asyncio.Task[None]] = set()
        self.opened = 0
        """Connections since the beginning."""
        self.last_fault = ""
        """Why the last connection that could not be opened could not."""

    @property
    def is_idle(self) -> bool:
        return not self._busy and not self._waiting

    def send(self, arrival: Arrival) -> None:
        """Over the connection that was used last, so that the others may close when they are not needed."""
        if self._idle:
            self._use(self._idle.pop(), arrival)
        elif len(self._busy) + len(self._waiting) >= self._most:
            arrival.tally.dropped += 1
        else:
            self._waiting.append(arrival)
            self._connect()

    def end_overdue(self) -> None:
        moment = monotonic()
        for connection in [each for each in self._busy if each.arrival and self._is_over(each.arrival.sent_at, moment)]:
            connection.fail(Failure.TIMEOUT)
        while self._waiting and self._is_over(self._waiting[0].due, moment):
            self._waiting.popleft().tally.dropped += 1

    async def close(self) -> None:
        """Drop every connection; what waits for an answer stays without one."""
        self._waiting.clear()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def _is_over(self, since: float, moment: float) -> bool:
        return moment - since > self._timeout

    def _use(self, connection: HttpConnection, arrival: Arrival) -> None:
        if not arrival.repeated:
            arrival.tally.sent += 1
        self._busy.add(connection)
        connection.send(arrival)

    def _connect(self) -> None:
        """One for each that waits; whichever connection is free first takes it."""
        open_now = len(self._connections)
        while self._connecting < min(CONNECTING, len(self._waiting)) and open_now < self._most:
            open_now += 1
            self._connecting += 1
            task = asyncio.create_task(self._hold_connection())
            self._connections.add(task)
            task.add_done_callback(self._connections.discard)

    async def _hold_connection(self) -> None:
        """Open one and keep it until it is lost."""
        lost = asyncio.get_running_loop().create_future()
        async with AsyncExitStack() as stack:
            try:
                connection = await self._opened(stack, lost)
            except ProbeError as error:
                self._could_not_connect(_failure_of(error), error.detail)
                return
            except TimeoutError:
                self._could_not_connect(Failure.TIMEOUT, "no connection was open in time")
                return
            except Exception as error:  # noqa: BLE001 - an unexpected one must not cost the others their results
                logger.exception("a connection failed", host=self._target.host)
                self._could_not_connect(Failure.GENERATOR, type(error).__name__)
                return
            finally:
                self._connecting -= 1
            self.opened += 1
            self._freed(connection)
            await lost

    async def _opened(self, stack: AsyncExitStack, lost: asyncio.Future[None]) -> HttpConnection:
        async with asyncio.timeout(self._timeout):
            streams = await stack.enter_async_context(self._network.connect(self._target, Observation()))

        def is_lost(connection: HttpConnection, unanswered: Arrival | None) -> None:
            self._forget(connection)
            if unanswered:  # a server may close a connection in the moment in which it is used again
                unanswered.repeated = True
                self.send(unanswered)
            else:
                self._connect()
            if not lost.done():
                lost.set_result(None)

        transport = streams.writer.transport
        connection = HttpConnection(transport, self._freed, is_lost)
        transport.set_protocol(connection)
        if transport.is_closing():
            raise ProbeError(Reason.CLOSED, "it closed the connection at once")
        return connection

    def _freed(self, connection: HttpConnection) -> None:
        self._busy.discard(connection)
        if self._waiting:
            self._use(connection, self._waiting.popleft())
        else:
            self._idle.append(connection)

    def _forget(self, connection: HttpConnection) -> None:
        self._busy.discard(connection)
        if connection in self._idle:
            self._idle.remove(connection)

    def _could_not_connect(self, failure: Failure, reason: str) -> None:
        self.last_fault = reason
        if self._waiting:
            arrival = self._waiting.popleft()
            arrival.tally.sent += not arrival.repeated
            arrival.fail(failure)
        asyncio.get_running_loop().call_soon(self._connect)


def _failure_of(error: ProbeError) -> Failure:
    if error.reason is Reason.PROBER_FAILED:
        return Failure.GENERATOR
    return Failure.TIMEOUT if error.reason in _TIMEOUTS else Failure.CONNECTION
