"""Distinguishes endpoints that are down from a prober without a network: one fault of its own, not one per endpoint."""

import asyncio
from dataclasses import replace

from lambdas.health_check.results import Result
from lambdas.shared.clock import Deadline
from lambdas.shared.guarded_http.connect import Network, Target
from lambdas.shared.guarded_http.errors import ProbeError
from lambdas.shared.guarded_http.observation import Observation
from lambdas.vocabulary.endpoints import Reason, State

REFERENCE_TIMEOUT = 3.0  # seconds

# A lone connection timeout is what a server that is down looks like; only a reference can distinguish.
_OWN_WITHOUT_REFERENCE = {Reason.DNS, Reason.DNS_TIMEOUT, Reason.UNREACHABLE}


class ConnectivityGuard:
    """Delays results while nothing has been reached and the prober's own network may be the cause."""

    def __init__(self, network: Network, reference: str | None) -> None:
        self._network = network
        self._reference = reference
        self._pending: list[Result] = []
        self._connected = False

    def confirmed(self, result: Result) -> list[Result]:
        """The results that are certain now that `result` has come."""
        if not self._connected and (result.maybe_own_network or result.state is State.UNKNOWN):
            self._pending.append(result)
            return []
        self._connected = True
        confirmed, self._pending = [*self._pending, result], []
        return confirmed

    async def resolved(self, deadline: Deadline) -> list[Result]:
        """At the end: those still pending, unchanged or as unknown because there is no network."""
        suspects = [result for result in self._pending if result.maybe_own_network]
        if not suspects or not await self._is_own_fault(suspects, deadline):
            return self._pending
        return [_without_network(result) if result.maybe_own_network else result for result in self._pending]

    async def _is_own_fault(self, suspects: list[Result], deadline: Deadline) -> bool:
        if self._reference is None:
            return all(result.reason in _OWN_WITHOUT_REFERENCE for result in suspects)
        host, _, port = self._reference.rpartition(":")
        target = Target(host, int(port), tls=False, allow_private=True)  # in a VPC, AWS may answer from inside
        try:
            async with (
                asyncio.timeout(min(REFERENCE_TIMEOUT, max(deadline.remaining, 0.1))),
                self._network.connect(target, Observation()),
            ):
                return False
        except (ProbeError, TimeoutError):
            return True


def _without_network(result: Result) -> Result:
    detail = f"the prober reached nothing at all ({result.detail})"
    return replace(result, state=State.UNKNOWN, reason=Reason.NO_NETWORK, detail=detail)
