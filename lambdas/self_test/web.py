"""One request to an address of this environment: no redirects, bounded in time and size, the certificate checked."""

import http.client
import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from lambdas.shared.service import own_names

TIMEOUT: Final = 30.0
"""Seconds to connect, and for each read: as long as API Gateway waits for a function."""
READ_AT_MOST: Final = 2 << 20
_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
"""Where an embedded account answers, without TLS."""


class NoAnswerError(Exception):
    """Nothing answered, or not by HTTPS; one line without the address, whose path may be a key."""


@dataclass(frozen=True)
class Page:
    status: int
    headers: Mapping[str, str]
    """By their names in lower case."""
    body: bytes


def get(url: str) -> Page:
    """Raises NoAnswerError."""
    return _exchange(url, "GET", {}, None)


def post_in_chunks(url: str, pieces: Iterable[bytes], headers: Mapping[str, str]) -> Page:
    """Post without saying how long the body is (`Transfer-Encoding: chunked`); raises NoAnswerError."""
    return _exchange(url, "POST", {**headers, "Transfer-Encoding": "chunked"}, pieces)


def _exchange(url: str, method: str, headers: Mapping[str, str], pieces: Iterable[bytes] | None) -> Page:
    target = urlsplit(url)
    connection = _connection(target)
    path = target._replace(scheme="", netloc="", fragment="").geturl() or "/"
    said = {"User-Agent": f"{own_names().service}-self-test", **headers}
    try:
        connection.request(method, path, pieces, said, encode_chunked=pieces is not None)
        answer = connection.getresponse()
        body = answer.read(READ_AT_MOST)
    except ssl.SSLCertVerificationError as error:
        raise NoAnswerError(f"{target.hostname} has no valid certificate: {error.verify_message}") from None
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswerError(f"{target.hostname} did not answer: {error or type(error).__name__}") from None
    finally:
        connection.close()
    return Page(answer.status, {name.lower(): value for name, value in answer.getheaders()}, body)


def _connection(target: SplitResult) -> http.client.HTTPConnection:
    if target.scheme == "https" and target.hostname:
        return http.client.HTTPSConnection(target.netloc, timeout=TIMEOUT, context=ssl.create_default_context())
    if target.scheme == "http" and target.hostname in _LOOPBACK:
        return http.client.HTTPConnection(target.netloc, timeout=TIMEOUT)
    raise NoAnswerError(f"the address of {target.hostname} is not one of HTTPS")
