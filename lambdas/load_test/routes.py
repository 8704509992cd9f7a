"""The allow-listed routes, in turns by their weights."""

import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import h11

from lambdas.load_test.refused import RefusedError
from lambdas.load_test.settings import Route

PORT: Final = 443


@dataclass(frozen=True)
class Ask:
    """A route as a request that can be sent again and again."""

    url: str
    host: str
    port: int
    request: h11.Request


def asks_of(routes: Sequence[Route], hosts: Collection[str], headers: Mapping[str, str]) -> tuple[Ask, ...]:
    """Raises RefusedError for a route that is not on one of the hosts, over TLS."""
    for route in routes:
        parts = urlsplit(route.url)
        if parts.scheme != "https" or parts.hostname not in hosts:
            raise RefusedError(
                f"{route.url} is not https on one of load_test.hosts: {', '.join(hosts)} (deploy it again)"
            )
    return tuple(_ask(route.url, headers) for route in routes)


def in_turns(routes: Sequence[Route], asks: Sequence[Ask]) -> Iterator[Ask]:
    """For ever, each as often as its weight says, and never many of one in a row (as nginx weighs its upstreams)."""
    weights, left, turns = [route.weight for route in routes], [0] * len(routes), []
    for _ in range(sum(weights)):
        left = [more + weight for more, weight in zip(left, weights, strict=True)]
        chosen = left.index(max(left))
        left[chosen] -= sum(weights)
        turns.append(asks[chosen])
    return itertools.cycle(turns)


def _ask(url: str, headers: Mapping[str, str]) -> Ask:
    parts = urlsplit(url)
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    named = [("Host", parts.netloc), *headers.items()]
    request = h11.Request(method="GET", target=target, headers=named)
    return Ask(url, parts.hostname or "", parts.port or PORT, request)
