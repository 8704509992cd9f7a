"""From a host to an open connection, each step measured and each address checked before it is used."""

import asyncio
import contextlib
import errno
import itertools
import re
import socket
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import SplitResult

import aiohappyeyeballs

from lambdas.shared.addresses import refusal
from lambdas.shared.clock import Clock, now
from lambdas.shared.guarded_http.certificates import days_left, fault_of, has_expired
from lambdas.shared.guarded_http.errors import ProbeError
from lambdas.shared.guarded_http.loop_throttle import LoopThrottle
from lambdas.shared.guarded_http.observation import Observation
from lambdas.shared.guarded_http.resolve import Resolver
from lambdas.shared.guarded_http.stopwatch import Phase
from lambdas.shared.guarded_http.urls import port_of
from lambdas.vocabulary.endpoints import Reason

READ_SIZE = 16 * 1024
SECOND_FAMILY_AFTER = 0.25  # seconds; RFC 8305's Connection Attempt Delay
# A name may have any number of addresses, and a probe at most so many sockets: they are tried a group at a time.
GROUP = 8
GROUP_TIMEOUT = 4.0  # seconds, for all groups but the last

_NO_ROUTE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN, errno.EAFNOSUPPORT}
_EXHAUSTED = {errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS, errno.EADDRNOTAVAIL}
# The resolver got no answer, or cannot run: the name's servers are broken, or the prober's way to any server.
_NO_RESOLVER = {socket.EAI_AGAIN, socket.EAI_SYSTEM, socket.EAI_MEMORY}


@dataclass(frozen=True)
class Target:
    """Where to connect to; `allow_private` when the host may lie on a private address."""

    host: str
    port: int
    tls: bool
    allow_private: bool

    @classmethod
    def of(cls, url: SplitResult, *, allow_private: bool) -> Self:
        return cls(url.hostname or "", port_of(url), url.scheme == "https", allow_private)


@dataclass(frozen=True)
class Connection:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


@dataclass(frozen=True)
class Network:
    """How a run connects to endpoints."""

    resolver: Resolver
    context: ssl.SSLContext
    clock: Clock = now
    throttle: LoopThrottle = field(default_factory=LoopThrottle)

    @contextlib.asynccontextmanager
    async def connect(self, target: Target, seen: Observation) -> AsyncIterator[Connection]:
        """An open connection, dropped at the end; raises ProbeError."""
        seen.host = target.host
        seen.stopwatch.enter(Phase.DNS)
        addresses = await self._addresses(target)
        seen.stopwatch.enter(Phase.CONNECT)
        # All that have waited for the same name continue at once, and would slow each other down.
        with seen.paused():
            await self.throttle.wait()
        connected = await _socket(addresses, target.port)
        connection = await self._stream(connected, target, seen)
        try:
            yield connection
        finally:
            connection.writer.transport.abort()  # a clean close would wait for the server's answer

    async def _addresses(self, target: Target) -> list[str]:
        try:
            addresses = await self.resolver.addresses(target.host)
        except socket.gaierror as error:
            raise ProbeError(
                Reason.DNS, f"{target.host}: {error.strerror}", maybe_own_network=error.errno in _NO_RESOLVER
            ) from error
        except UnicodeError as error:
            raise ProbeError(Reason.DNS, f"{target.host[:80]} is not a name that DNS knows") from error
        # One forbidden address makes the whole answer refused: a legitimate name does not mix them.
        for address in addresses:
            if kind := refusal(address, allow_private=target.allow_private):
                raise ProbeError(Reason.ADDRESS_REFUSED, f"{target.host} is {address}, {kind}")
        return addresses

    async def _stream(self, connected: socket.socket, target: Target, seen: Observation) -> Connection:
        if not target.tls:
            return Connection(*await asyncio.open_connection(sock=connected, limit=READ_SIZE))
        seen.stopwatch.enter(Phase.TLS)
        try:
            name = target.host.rstrip(".")
            streams = await asyncio.open_connection(
                sock=connected, limit=READ_SIZE, ssl=self.context, server_hostname=name
            )
        except ssl.SSLError as error:
            if has_expired(error):
                seen.add_certificate(0.0)
            raise fault_of(error) from error
        except OSError as error:
            raise ProbeError(Reason.CLOSED, "it closed the connection in the TLS handshake") from error
        seen.add_certificate(days_left(streams[1].get_extra_info("ssl_object"), self.clock()))
        return Connection(*streams)


async def _socket(addresses: list[str], port: int) -> socket.socket:
    """Connect to whichever address answers first, alternating between the families."""
    infos = [_address_info(address, port) for address in _alternating_families(addresses)]
    groups = [infos[start : start + GROUP] for start in range(0, len(infos), GROUP)]
    faults: list[OSError] = []
    for group in groups:
        try:
            async with asyncio.timeout(None if group is groups[-1] else GROUP_TIMEOUT):
                return await aiohappyeyeballs.start_connection(group, happy_eyeballs_delay=SECOND_FAMILY_AFTER)
        except TimeoutError as error:  # the group's, or ETIMEDOUT of the system
            faults.append(OSError(errno.ETIMEDOUT, str(error)))
        except OSError as error:
            faults.append(error)
    raise _connect_fault(faults) from faults[-1]


def _alternating_families(addresses: list[str]) -> list[str]:
    """Each family in its own order: where one has no route, the other is tried before many of the first."""
    first = ":" in addresses[0]
    families = ([each for each in addresses if (":" in each) == is_six] for is_six in (first, not first))
    return [address for pair in itertools.zip_longest(*families) for address in pair if address]


def _address_info(address: str, port: int) -> tuple[int, int, int, str, tuple[str, int] | tuple[str, int, int, int]]:
    if ":" in address:
        return socket.AF_INET6, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, port, 0, 0)
    return socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, port)


def _connect_fault(faults: list[OSError]) -> ProbeError:
    # Several addresses that failed in several ways come as one error that has their numbers in its text only.
    texts = re.findall(r"\[Errno (\d+)\]", " ".join(map(str, faults)))
    numbers = {*(error.errno for error in faults), *map(int, texts)} - {None}
    words = " and ".join(sorted(errno.errorcode.get(number, str(number)) for number in numbers if number))
    if numbers & _EXHAUSTED:
        return ProbeError(Reason.PROBER_FAILED, f"no socket left to probe with ({words})")
    if numbers <= _NO_ROUTE:
        return ProbeError(Reason.UNREACHABLE, f"no route to it ({words})", maybe_own_network=True)
    if errno.ETIMEDOUT in numbers:
        return ProbeError(Reason.CONNECT_TIMEOUT, "nothing took the connection in time")
    return ProbeError(Reason.REFUSED, f"it does not accept connections ({words})")
