"""A connection that asks one thing after another, by callbacks: a task for each request would cost half a processor."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Final

import h11

from lambdas.load_test.routes import Ask
from lambdas.load_test.tally import Tally
from lambdas.vocabulary.load_tests import Failure

LARGEST_ANSWER: Final = 10_000_000
"""Bytes of a body that are read."""


@dataclass(slots=True, eq=False)
class Arrival:
    """A request that is due at a moment of the monotonic clock."""

    due: float
    ask: Ask
    tally: Tally
    sent_at: float = 0.0
    repeated: bool = False
    """It was sent before, over a connection that the server closed meanwhile."""

    def fail(self, failure: Failure) -> None:
        self.tally.add_failure(failure, monotonic() - self.due)


class HttpConnection(asyncio.Protocol):
    """`freed` is called when it can ask again; `lost` when it is closed, with what must be sent anew over another."""

    def __init__(
        self,
        transport: asyncio.WriteTransport,
        freed: Callable[["HttpConnection"], None],
        lost: Callable[["HttpConnection", Arrival | None], None],
    ) -> None:
        self._transport, self._freed, self._lost = transport, freed, lost
        self._http = h11.Connection(h11.CLIENT)
        self._asked_before = self._answer_begun = self._ended = False
        self._status = self._size = 0
        self.arrival: Arrival | None = None
        """What it waits for."""

    def send(self, arrival: Arrival) -> None:
        self.arrival, self._answer_begun, self._size = arrival, False, 0
        arrival.sent_at = monotonic()
        data = self._http.send(arrival.ask.request) or b""
        self._http.send(h11.EndOfMessage())
        self._transport.write(data)

    def fail(self, failure: Failure) -> None:
        """What it waits for has failed, and the connection is of no more use."""
        if arrival := self._take_arrival():
            arrival.fail(failure)
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        self._answer_begun = self._answer_begun or bool(data)
        try:
            self._http.receive_data(data)
            self._read()
        except h11.RemoteProtocolError:
            self.fail(Failure.MALFORMED)

    def eof_received(self) -> None:
        """The end of a body without a length, too."""
        self._ended = True
        if self.arrival:
            self.data_received(b"")

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  (asyncio's signature)
        arrival = self._take_arrival()
        if arrival and (self._answer_begun or arrival.repeated or not self._asked_before):
            arrival.fail(Failure.CONNECTION)
            arrival = None
        self._lost(self, arrival)

    def _read(self) -> None:
        while (event := self._http.next_event()) is not h11.NEED_DATA:
            if isinstance(event, h11.Response):
                self._status = event.status_code
            elif isinstance(event, h11.Data):
                self._size += len(event.data)
                if self._size > LARGEST_ANSWER:
                    self.fail(Failure.MALFORMED)
                    return
            elif not isinstance(event, h11.InformationalResponse):
                self._answered()
                return

    def _answered(self) -> None:
        if arrival := self._take_arrival():
            arrival.tally.add_answer(self._status, monotonic() - arrival.due)
        if self._http.our_state is self._http.their_state is h11.DONE and not self._ended:
            self._http.start_next_cycle()
            self._asked_before = True
            self._freed(self)
        else:
            self._transport.abort()

    def _take_arrival(self) -> Arrival | None:
        arrival, self.arrival = self.arrival, None
        return arrival
