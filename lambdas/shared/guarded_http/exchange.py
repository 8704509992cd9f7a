"""One HTTP/1.1 request and its answer on an open connection, bounded in time by the caller and in size here."""

import asyncio
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import SplitResult

import h11

from lambdas.shared.guarded_http.bodies import Body, Share
from lambdas.shared.guarded_http.certificates import fault_of
from lambdas.shared.guarded_http.connect import READ_SIZE, Connection
from lambdas.shared.guarded_http.errors import ProbeError
from lambdas.shared.guarded_http.heads import malformed_header, repaired
from lambdas.shared.guarded_http.observation import Observation
from lambdas.shared.guarded_http.stopwatch import Phase
from lambdas.shared.service import own_names
from lambdas.vocabulary.endpoints import Reason

MAX_HEADER_BYTES = 64 * 1024
# A body in chunks of one byte, or an endless row of "100 Continue", costs the prober more time than the server.
MAX_EVENTS = 20_000

_BEGINNING = b"HTTP/1."
_HEADERS_TOO_LARGE = 431
# h11's words may quote what the server sent; these do not.
_WORDS = {
    "bad Content-Length": "its Content-Length is no number",
    "conflicting Content-Length": "it has two different Content-Length headers",
    "multiple Transfer-Encoding": "it has several Transfer-Encoding headers",
    "Only Transfer-Encoding": "its Transfer-Encoding is not chunked",
    "illegal status line": "its status line is malformed",
    "illegal chunk header": "its chunks are malformed",
}


@dataclass(frozen=True)
class Request:
    """`target` is path and query; `host` the value of the Host header."""

    method: str
    host: str
    target: str
    headers: Mapping[str, str]

    @classmethod
    def of(cls, method: str, url: SplitResult, headers: Mapping[str, str]) -> Self:
        host = url.netloc.rpartition("@")[2]
        path = url.path or "/"
        return cls(method, host, f"{path}?{url.query}" if url.query else path, headers)


@dataclass(frozen=True)
class Head:
    """Status line and headers; their names are in lower case, and the first of equal ones counts."""

    status: int
    headers: Mapping[str, str]

    @property
    def location(self) -> str | None:
        """Where a redirect leads; None when it is none, as without a target."""
        return self.headers.get("location") or None if self.status in (301, 302, 303, 307, 308) else None

    @property
    def is_json(self) -> bool:
        content_type = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        return re.fullmatch(r"application/([\w.-]+\+)?json", content_type) is not None


class Exchange:
    """Raises ProbeError for everything that is not a whole answer within bounds."""

    def __init__(self, connection: Connection, seen: Observation) -> None:
        self._connection = connection
        self._seen = seen
        self._http = _parser()
        self._sent: list[h11.Request | h11.EndOfMessage] = []
        self._head: bytes | None = b""
        """What has come of a head that is not complete; None once it is."""
        self._events = 0
        self._ended = False

    async def send(self, request: Request) -> None:
        headers = {
            "Host": request.host,
            "User-Agent": f"{own_names().service}-health-check",
            "Accept": "*/*",
            "Accept-Encoding": "identity",
            "Connection": "close",
            **({"Content-Length": "0"} if request.method == "POST" else {}),
        }
        ours = {name.lower() for name in request.headers}
        kept = [(name, value) for name, value in headers.items() if name.lower() not in ours]
        headers_sent = [*kept, *request.headers.items()]
        self._sent = [h11.Request(method=request.method, target=request.target, headers=headers_sent)]
        self._sent.append(h11.EndOfMessage())
        data = b"".join(self._http.send(event) or b"" for event in self._sent)
        try:
            self._connection.writer.write(data)
            await self._connection.writer.drain()
        except OSError as error:
            raise _broken_off(error, "it closed the connection before the request was sent") from error
        self._seen.stopwatch.enter(Phase.FIRST_BYTE)

    async def head(self) -> Head:
        event = await self._next_event()
        while isinstance(event, h11.InformationalResponse):
            self._head = self._http.trailing_data[0]
            event = await self._next_event()
        if not isinstance(event, h11.Response):
            raise ProbeError(Reason.MALFORMED, "its answer does not begin like one")
        self._head = None
        self._seen.status = event.status_code
        pairs = ((name.decode("latin-1"), value.decode("latin-1")) for name, value in reversed(event.headers))
        return Head(event.status_code, dict(pairs))

    async def body(self, head: Head, limit: int, share: Share) -> bytes:
        body = Body(head.headers.get("content-encoding", ""), limit, share)
        while not isinstance(event := await self._next_event(), h11.EndOfMessage):
            if isinstance(event, h11.Data):
                body.add(bytes(event.data))
        return body.content

    async def _next_event(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        self._events += 1
        if self._events > MAX_EVENTS:
            raise ProbeError(Reason.TOO_LARGE, f"its answer comes in more than {MAX_EVENTS} pieces")
        try:
            event = self._http.next_event()
            while event is h11.NEED_DATA:
                self._feed(await self._receive())
                event = self._http.next_event()
        except h11.RemoteProtocolError as error:
            if self._repair_head():
                return await self._next_event()
            raise self._protocol_fault(error) from error
        except OSError as error:
            raise _broken_off(error, "it broke the connection off") from error
        return event

    def _feed(self, data: bytes) -> None:
        if self._head is not None:
            self._head += data
        self._http.receive_data(data)

    def _repair_head(self) -> bool:
        """Whether a head that h11 refuses is one that browsers take; h11 then begins anew with what they read."""
        mending = repaired(self._head) if self._head is not None else None
        if mending is None:
            return False
        self._seen.flaws += mending.flaws
        self._http = _parser()
        for event in self._sent:
            self._http.send(event)
        self._head = mending.received
        self._http.receive_data(mending.received)
        if self._ended:
            self._http.receive_data(b"")
        return True

    async def _receive(self) -> bytes:
        data = await self._connection.reader.read(READ_SIZE)
        if self._seen.stopwatch.phase is Phase.FIRST_BYTE:
            self._seen.stopwatch.enter(Phase.READ)
            # h11 would wait for the end of the headers, and another protocol's greeting has none.
            if data and data[: len(_BEGINNING)] != _BEGINNING[: len(data)]:
                raise ProbeError(Reason.MALFORMED, "its answer does not begin like one of HTTP/1.1")
        else:
            await asyncio.sleep(0)  # a server that sends faster than is read must not hold up the other probes
        self._ended = not data
        return data

    def _protocol_fault(self, error: h11.RemoteProtocolError) -> ProbeError:
        if self._ended:
            return ProbeError(Reason.CLOSED, "it closed the connection before its answer was complete")
        if error.error_status_hint == _HEADERS_TOO_LARGE:
            return ProbeError(Reason.TOO_LARGE, f"its headers are larger than {MAX_HEADER_BYTES} bytes")
        found = next((words for beginning, words in _WORDS.items() if str(error).startswith(beginning)), "")
        if self._head is not None and str(error).startswith("illegal header line"):
            found = f"{malformed_header(self._head)} is malformed"
        return ProbeError(Reason.MALFORMED, f"its answer is not HTTP/1.1{found and f': {found}'}")


def _parser() -> h11.Connection:
    return h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEADER_BYTES)


def _broken_off(error: OSError, otherwise: str) -> ProbeError:
    # With TLS 1.3 a server that misses a client certificate says so after the client's part of the handshake.
    if isinstance(error, ssl.SSLError):
        return fault_of(error)
    return ProbeError(Reason.CLOSED, otherwise)
