"""Asks Prometheus endpoints for their metrics, all at once, through the guarded connection."""

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from lambdas.prometheus_scrape.errors import ScrapeError
from lambdas.prometheus_scrape.sources import Source
from lambdas.shared.clock import Deadline
from lambdas.shared.guarded_http.bodies import Memory
from lambdas.shared.guarded_http.connect import Network, Target
from lambdas.shared.guarded_http.errors import ProbeError
from lambdas.shared.guarded_http.exchange import Exchange, Head, Request
from lambdas.shared.guarded_http.header_values import HeaderValues
from lambdas.shared.guarded_http.headers import headers_from
from lambdas.shared.guarded_http.observation import Observation
from lambdas.shared.guarded_http.resolve import Lookup, Resolver, system_lookup
from lambdas.shared.guarded_http.timeouts import timeout_of
from lambdas.shared.observability import logger
from lambdas.shared.service import own_names
from lambdas.vocabulary.endpoints import Reason

MOST_BYTES = 10_000_000
"""Of one answer: about 100 000 series."""
TIMEOUT = 10.0  # seconds for one answer, as Prometheus has it by default

_FINE = 200
_REJECTED = (401, 403)
_REMEDIES = {
    Reason.TOO_LARGE: "serve fewer series there: no more is read",
    Reason.ADDRESS_REFUSED: "set allow_private if it is meant to lie there",
}


@dataclass(frozen=True)
class Answer:
    text: str
    content_type: str


@dataclass(frozen=True)
class Fetching:
    """What asking needs; made once per cold start."""

    context: ssl.SSLContext
    header_values: HeaderValues
    lookup: Lookup = system_lookup


def fetch_all(
    sources: Sequence[Source], fetching: Fetching, deadline: Deadline, timeout: float = TIMEOUT
) -> list[Answer | ScrapeError]:
    """What each source answers, in their order, or why there is no answer; ends at the deadline."""
    return asyncio.run(_Run(fetching, min(timeout, max(deadline.remaining, 0))).answers(sources))


class _Run:
    """One event loop's worth of asking."""

    def __init__(self, fetching: Fetching, seconds: float) -> None:
        self._network = Network(Resolver(fetching.lookup), fetching.context)
        self._header_values = fetching.header_values
        self._memory = Memory()
        self._seconds = seconds

    async def answers(self, sources: Sequence[Source]) -> list[Answer | ScrapeError]:
        try:
            return await asyncio.gather(*map(self._outcome, sources))
        finally:
            self._network.resolver.close()

    async def _outcome(self, source: Source) -> Answer | ScrapeError:
        seen, headers = Observation(), headers_from(dict(source.headers))
        try:
            values = await asyncio.to_thread(self._header_values.of, headers)
            async with asyncio.timeout(self._seconds) as seen.limit:
                return await self._ask(source, values, seen)
        except ProbeError as fault:
            return _explained(fault)
        except TimeoutError:
            return _explained(timeout_of(seen, self._network.resolver))
        except ScrapeError as fault:
            if seen.status in _REJECTED:
                self._header_values.forget(headers)
            return fault
        except Exception as error:  # noqa: BLE001 - one endpoint's unexpected error must not cost the others theirs
            logger.exception("a scrape failed", job=source.name)
            return ScrapeError(f"reading it failed: {type(error).__name__} (the log has where)")

    async def _ask(self, source: Source, headers: Mapping[str, str], seen: Observation) -> Answer:
        url = urlsplit(source.url)
        ours = {"User-Agent": f"{own_names().service}-prometheus-scrape", "Accept": "text/plain;version=0.0.4"}
        async with self._network.connect(Target.of(url, allow_private=source.allow_private), seen) as connection:
            exchange = Exchange(connection, seen)
            await exchange.send(Request.of("GET", url, {**ours, **headers}))
            head = await exchange.head()
            _check(head)
            with self._memory.share() as share:
                body = await exchange.body(head, MOST_BYTES, share)
                return Answer(body.decode(errors="replace"), head.headers.get("content-type", ""))


def _check(head: Head) -> None:
    if head.location:
        raise ScrapeError("it redirects, and headers would go along: set the url that it leads to")
    if head.status != _FINE:
        raise ScrapeError(f"it answered {head.status}: look whether its url and headers are right")


def _explained(fault: ProbeError) -> ScrapeError:
    remedy = _REMEDIES.get(fault.reason, "")
    detail = f"its answer is larger than {MOST_BYTES} bytes" if fault.reason is Reason.TOO_LARGE else fault.detail
    return ScrapeError(f"{detail} ({remedy})" if remedy else detail)
