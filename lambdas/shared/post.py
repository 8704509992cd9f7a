"""Sends one request over HTTPS to a host that others chose: checked, limited in time and size, without redirects."""

import contextlib
import http.client
import re
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import SplitResult, urlsplit

from lambdas.shared.addresses import refusal
from lambdas.shared.clock import Clock, Deadline, now
from lambdas.shared.delivery_errors import PermanentError, RetryError
from lambdas.shared.masking import MASK
from lambdas.shared.service import own_names

TIMEOUT = 8.0  # seconds, for everything together once the name is resolved
READ_AT_MOST = 4096
ANSWER_AT_MOST = 65_536
SAID_AT_MOST = 200
_SUCCESS, _REDIRECT, _SERVER_ERROR = 200, 300, 500
_VISIBLE = re.compile(r"[!-~]*")  # what a request's line may hold
_OF_THE_BODY = {400, 413, 422}
_PASSING = {408, 425, 429}
"""Timeout, too early, too many requests: answers that another attempt may change."""


@dataclass(frozen=True)
class Request:
    """`repr` leaves out the URL and the headers: either may be the secret."""

    url: str = field(repr=False)
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    key: str = ""
    """Of the subject that it is about, of a message of several requests."""
    simpler: bytes | None = None
    """A body that says the same more plainly, for a server that refuses this one as malformed or too long."""
    method: str = "POST"


def post(
    request: Request,
    *,
    allow_private: bool = False,
    timeout: float = TIMEOUT,
    clock: Clock = now,
    wants_answer: bool = False,
    answer_at_most: int = ANSWER_AT_MOST,
) -> bytes:
    """Post; an answer of 2xx is success, and its first `answer_at_most` bytes are returned to who `wants_answer`.

    A refusal of the body itself is answered with the simpler one, where there is one.  Raises PermanentError when the
    same request would fail again, RetryError when it may not.  `allow_private` lets it go to private and loopback
    addresses, and there without TLS.
    """
    target = _target(request.url, allow_private=allow_private)
    address = _address(target, allow_private=allow_private)
    deadline = Deadline.within(timeout)
    connection = _connection(target, address, deadline)
    path = target._replace(scheme="", netloc="", fragment="").geturl() or "/"
    # Timeouts of sockets are for each read: a slow server could go on for ever.  The socket itself is shut
    # down: the connection forgets it when the answer announces that it is the last.
    guard = threading.Timer(deadline.remaining, _shut_down, (connection.sock,))
    guard.start()
    try:
        connection.request(
            request.method, path, request.body, {"User-Agent": f"{own_names().service}-notify", **request.headers}
        )
        answer = connection.getresponse()
        said = "" if _is_success(answer.status) else _said(answer, path)
        begins = answer.read(answer_at_most) if wants_answer else b""
    except ssl.SSLCertVerificationError as error:
        raise RetryError(f"its certificate is not valid: {error.verify_message}") from None
    except (OSError, http.client.HTTPException) as error:
        raise RetryError(f"no answer: {type(error).__name__}") from None
    finally:
        guard.cancel()
        connection.close()
    if answer.status in _OF_THE_BODY and request.simpler is not None:
        simpler = replace(request, body=request.simpler, simpler=None)
        return post(simpler, allow_private=allow_private, timeout=max(deadline.remaining, 1.0))
    _judge(answer.status, answer.headers.get("Retry-After"), said, clock)
    return begins


def _judge(status: int, retry_after: str | None, said: str, clock: Clock) -> None:
    if _is_success(status):
        return
    if status in _PASSING or status >= _SERVER_ERROR:
        raise RetryError(f"answered {status}", seconds_of(retry_after, clock()))
    if status < _SUCCESS or status < 400:  # noqa: PLR2004 - 3xx, and what is no final answer
        raise PermanentError(f"answered {status}: a redirect is not followed (set the address that it leads to)")
    raise PermanentError(f"answered {status}: {said}" if said else f"answered {status}")


def _is_success(status: int) -> bool:
    """Then nothing else of the answer matters: what broke it off later must not have the message sent again."""
    return _SUCCESS <= status < _REDIRECT


def _said(answer: http.client.HTTPResponse, path: str) -> str:
    """How the answer begins, in one line, and nothing when its rest does not come: the status says what to do.

    Servers quote a path that they do not know, and it may be the secret.
    """
    try:
        text = answer.read(READ_AT_MOST).decode(errors="replace")
    except (OSError, http.client.HTTPException):
        return ""
    return " ".join((text.replace(path, MASK) if path != "/" else text).split())[:SAID_AT_MOST]


def seconds_of(retry_after: str | None, moment: datetime) -> float:
    """`Retry-After` in seconds, whichever of its two forms it has; 0 when there is none to be understood."""
    if not retry_after:
        return 0
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        return max(0.0, (parsedate_to_datetime(retry_after) - moment).total_seconds())
    except (ValueError, TypeError):
        return 0


def _target(url: str, *, allow_private: bool) -> SplitResult:
    schemes = ("https", "http") if allow_private else ("https",)
    wrong = PermanentError(f"its address is not an {schemes[0]} URL")
    try:
        target = urlsplit(url.strip())
        _port(target)
    except ValueError:
        raise wrong from None
    asked_for = _VISIBLE.fullmatch(f"{target.path}{target.query}")
    if target.scheme not in schemes or not target.hostname or not asked_for:
        raise wrong
    return target


def _port(target: SplitResult) -> int:
    return target.port or (443 if target.scheme == "https" else 80)


def _address(target: SplitResult, *, allow_private: bool) -> str:
    """An address of the host; all of them must be such as may be connected to."""
    try:
        found = socket.getaddrinfo(target.hostname, _port(target), type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise RetryError(f"its name cannot be resolved: {type(error).__name__}") from None
    addresses = [str(info[4][0]) for info in found]
    for address in addresses:
        if kind := refusal(address, allow_private=allow_private):
            raise PermanentError(f"its name leads to {kind}")
    # Functions have no IPv6 outside a VPC.
    return min(addresses, key=lambda address: ":" in address)


def _connection(target: SplitResult, address: str, deadline: Deadline) -> http.client.HTTPConnection:
    """Connected to the address that was checked, and to no other that the name may lead to by now."""
    connection = http.client.HTTPConnection(target.netloc.rpartition("@")[2])
    try:
        plain = socket.create_connection((address, _port(target)), deadline.remaining)
    except OSError as error:
        raise RetryError(f"it does not accept connections: {type(error).__name__}") from None
    plain.settimeout(max(deadline.remaining, 0))
    if target.scheme == "http":
        connection.sock = plain
        return connection
    try:
        connection.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=target.hostname)
    except ssl.SSLCertVerificationError as error:
        plain.close()
        raise RetryError(f"its certificate is not valid: {error.verify_message}") from None
    except OSError as error:
        plain.close()
        raise RetryError(f"no TLS session: {type(error).__name__}") from None
    return connection


def _shut_down(connected: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it has ended already
        connected.shutdown(socket.SHUT_RDWR)
