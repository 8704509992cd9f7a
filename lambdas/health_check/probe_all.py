"""Probes all endpoints at once and delivers each result as it comes."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from lambdas.health_check.connectivity_guard import ConnectivityGuard
from lambdas.health_check.endpoints import Endpoint
from lambdas.health_check.probe import Prober
from lambdas.health_check.results import Result
from lambdas.shared.clock import Clock, Deadline, now
from lambdas.shared.guarded_http.bodies import Memory
from lambdas.shared.guarded_http.connect import Network
from lambdas.shared.guarded_http.errors import ProbeError
from lambdas.shared.guarded_http.header_values import HeaderValues
from lambdas.shared.guarded_http.resolve import Lookup, Resolver, system_lookup
from lambdas.vocabulary.endpoints import Reason

Deliver = Callable[[Result], None]

OPEN = 800
"""Probes under way at once: a function may have 1 024 files open."""

_REJECTED = (401, 403)


@dataclass(frozen=True)
class ProbeDependencies:
    """What probing needs; made once per cold start."""

    context: ssl.SSLContext
    header_values: HeaderValues
    region: str = ""
    """This region's name; empty when no other region probes."""
    reference: str | None = None
    """`host:port` of a server that is known to answer; asked when no endpoint can be reached."""
    lookup: Lookup = system_lookup
    clock: Clock = now


def probe_all(
    endpoints: Sequence[Endpoint], dependencies: ProbeDependencies, deadline: Deadline, deliver: Deliver
) -> list[Result]:
    """Probe every endpoint once and return one result for each; nothing is kept from one call to the next.

    `deliver` gets each result at once, but those that the prober's own network may have caused only when any endpoint
    has been reached.  What is not finished at the deadline is unknown.
    """
    return asyncio.run(_Run(dependencies).probe_all(endpoints, deadline, deliver))


class _Run:
    """One event loop's worth of probing."""

    def __init__(self, dependencies: ProbeDependencies) -> None:
        self._network = Network(Resolver(dependencies.lookup), dependencies.context, dependencies.clock)
        self._prober = Prober(self._network, Memory(), dependencies.region)
        self._guard = ConnectivityGuard(self._network, dependencies.reference)
        self._slots = asyncio.Semaphore(OPEN)
        self._header_values = dependencies.header_values
        self._header_readers = ThreadPoolExecutor(8, thread_name_prefix="header")

    async def probe_all(self, endpoints: Sequence[Endpoint], deadline: Deadline, deliver: Deliver) -> list[Result]:
        results = []
        try:
            async for result in self._results(endpoints, deadline):
                for confirmed in self._guard.confirmed(result):
                    results.append(confirmed)
                    deliver(confirmed)
            for confirmed in await self._guard.resolved(deadline):
                results.append(confirmed)
                deliver(confirmed)
        finally:
            self._network.resolver.close()
            self._header_readers.shutdown(wait=False, cancel_futures=True)
        return results

    async def _results(self, endpoints: Sequence[Endpoint], deadline: Deadline) -> AsyncIterator[Result]:
        """One result per endpoint, in the order in which they come."""
        tasks = [asyncio.create_task(self._probe(endpoint)) for endpoint in endpoints]
        unfinished = {endpoint.name: endpoint for endpoint in endpoints}
        try:
            for next_one in asyncio.as_completed(tasks, timeout=max(deadline.remaining, 0)):
                result = await next_one
                del unfinished[result.endpoint]
                yield result
        except TimeoutError:
            not_finished = ProbeError(Reason.NOT_FINISHED, "the function's time was over before its answer")
            for endpoint in unfinished.values():
                yield self._prober.failed(endpoint, not_finished)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _probe(self, endpoint: Endpoint) -> Result:
        async with self._slots:
            await self._network.throttle.wait()
            try:
                headers = await self._headers_of(endpoint)
            except ProbeError as fault:
                return self._prober.failed(endpoint, fault)
            result = await self._prober.probe(endpoint, headers)
        if result.status in _REJECTED:
            self._header_values.forget(endpoint.headers)
        return result

    async def _headers_of(self, endpoint: Endpoint) -> dict[str, str]:
        if self._header_values.are_known(endpoint.headers):
            return self._header_values.of(endpoint.headers)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._header_readers, self._header_values.of, endpoint.headers)
