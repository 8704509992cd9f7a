"""One probe: from an endpoint to a result, even if the server misbehaves."""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from lambdas.health_check import location
from lambdas.health_check.endpoints import Endpoint, Method
from lambdas.health_check.judge import is_expected, judge_body, judge_status
from lambdas.health_check.results import Result
from lambdas.shared.guarded_http.bodies import Memory, Share
from lambdas.shared.guarded_http.connect import Network, Target
from lambdas.shared.guarded_http.errors import ProbeError
from lambdas.shared.guarded_http.exchange import Exchange, Head, Request
from lambdas.shared.guarded_http.observation import Observation
from lambdas.shared.guarded_http.timeouts import timeout_of
from lambdas.shared.guarded_http.urls import PORTS, port_of
from lambdas.shared.observability import logger
from lambdas.vocabulary.endpoints import Reason, State

MAX_REDIRECTS = 5
MAX_FLAWS = 10


@dataclass(frozen=True)
class Prober:
    """Probes from one region; may be used for many endpoints at once."""

    network: Network
    memory: Memory
    region: str = ""

    async def probe(self, endpoint: Endpoint, headers: Mapping[str, str]) -> Result:
        """Ends within the endpoint's timeout, and never with an exception.  `headers` are those with all values in."""
        limit = asyncio.timeout(endpoint.timeout_s)
        seen = Observation(limit)
        try:
            async with limit:
                state, detail = await self._visit(endpoint, headers, seen)
        except ProbeError as fault:
            return self.failed(endpoint, fault, seen)
        except TimeoutError:
            return self.failed(endpoint, timeout_of(seen, self.network.resolver), seen)
        except Exception as error:  # noqa: BLE001 - one endpoint's unexpected error must not cost the others their results
            logger.exception("a probe failed", endpoint=endpoint.name)
            return self.failed(endpoint, ProbeError(Reason.PROBER_FAILED, type(error).__name__), seen)
        slow = (seen.stopwatch.timings.total or 0) > endpoint.slow_s * 1000
        if slow and state is State.UP:
            state, detail = State.SLOW, f"it took longer than {endpoint.slow_s:g} s"
        return self._result(endpoint, state, detail, seen, slow=slow)

    def failed(self, endpoint: Endpoint, fault: ProbeError, seen: Observation | None = None) -> Result:
        """The result of a probe that ended with `fault`."""
        seen = seen or Observation()
        return self._result(
            endpoint,
            fault.reason.state,
            _with_host(fault.detail, seen.host, endpoint),
            seen,
            reason=fault.reason,
            maybe_own_network=fault.maybe_own_network,
        )

    def _result(self, endpoint: Endpoint, state: State, detail: str, seen: Observation, **more: object) -> Result:
        return Result(
            endpoint=endpoint.name,
            state=state,
            checked_at=self.network.clock(),
            region=self.region,
            detail=detail,
            timings=seen.stopwatch.timings,
            status=seen.status,
            certificate_days_left=seen.certificate_days_left,
            certificate_host=seen.certificate_host,
            failing_checks=seen.failing_checks,
            named_checks=seen.named_checks,
            flaws=tuple(dict.fromkeys(seen.flaws))[:MAX_FLAWS],
            **more,  # type: ignore[arg-type]  # reason, slow and maybe_own_network, typed where they are given
        )

    async def _visit(self, endpoint: Endpoint, headers: Mapping[str, str], seen: Observation) -> tuple[State, str]:
        origin = url = urlsplit(endpoint.url)
        method, visited = endpoint.method, set()
        for _ in range(MAX_REDIRECTS + 1):
            visited.add(url.geturl())
            ours = _origin(url) == _origin(origin)
            target = Target.of(url, allow_private=endpoint.allow_private and url.hostname == origin.hostname)
            async with self.network.connect(target, seen) as connection:
                exchange = Exchange(connection, seen)
                await exchange.send(Request.of(method, url, headers if ours else {}))
                head = await exchange.head()
                if head.location is None or is_expected(endpoint, head.status):
                    with self.memory.share() as share:
                        return await _judged(endpoint, exchange, head, share, seen)
            url = _redirected(url, head, visited)
            method = _method_after(head.status, method)
        raise ProbeError(Reason.REDIRECT, f"it redirects more than {MAX_REDIRECTS} times")


async def _judged(
    endpoint: Endpoint, exchange: Exchange, head: Head, share: Share, seen: Observation
) -> tuple[State, str]:
    if not is_expected(endpoint, head.status):
        body = b""
        with contextlib.suppress(ProbeError):  # the status is enough; the body would only say more
            body = await exchange.body(head, endpoint.max_body_bytes, share)
        judge_status(endpoint, head, body, seen)
    return judge_body(endpoint, head, await exchange.body(head, endpoint.max_body_bytes, share), seen)


def _with_host(detail: str, host: str, endpoint: Endpoint) -> str:
    """What is wrong after a redirect is said of the host that it led to."""
    is_own = host in ("", urlsplit(endpoint.url).hostname)
    return detail if is_own or detail.startswith(host) else f"{host}: {detail}"


def _origin(url: SplitResult) -> tuple[str, str | None, int]:
    return url.scheme, url.hostname, port_of(url)


def _redirected(url: SplitResult, head: Head, visited: set[str]) -> SplitResult:
    """Where the answer leads; raises ProbeError for where a probe does not go."""
    there = location.resolved(url, head.location or "")
    if there.scheme not in PORTS:
        raise ProbeError(Reason.REDIRECT, f"it redirects to {there.scheme[:20]} instead of http or https")
    if there.username is not None:
        raise ProbeError(Reason.REDIRECT, "it redirects to a URL that holds a user")
    if url.scheme == "https" and there.scheme == "http":
        raise ProbeError(Reason.REDIRECT, "it redirects from https to http")
    if there.geturl() in visited:
        waits = (
            " for a cookie, and probes keep none (probe a URL that needs none)" if "set-cookie" in head.headers else ""
        )
        raise ProbeError(Reason.REDIRECT, f"it redirects in a loop{waits}")
    return there


def _method_after(status: int, method: Method) -> Method:
    """RFC 9110, section 15.4: 303 asks for a GET, and after 301 and 302 a POST commonly becomes one."""
    becomes_get = status == 303 or (status in (301, 302) and method == "POST")  # noqa: PLR2004 - HTTP's own numbers
    return "GET" if becomes_get and method != "HEAD" else method
