"""One client in a process of its own: `python -m bench.probe_with health_check` probes the URLs on its input.

Says for each answer when it was reported and how long the endpoint took by the client's own measure, in seconds.
"""

# ruff: noqa: PLC0415 - what one client needs must not load in the process of another

import asyncio
import contextlib
import io
import json
import os
import sys
import time
from collections.abc import Callable

PATIENCE = 5.0
"""Seconds after which an endpoint is given up."""
Reported = list[tuple[float, float]]


def health_check(urls: list[str]) -> Reported:
    """The function's own work: every phase timed, every certificate looked at, metrics written as results come."""
    from lambdas.health_check.endpoints import endpoint_from
    from lambdas.health_check.probe_all import ProbeDependencies, probe_all
    from lambdas.health_check.report import reporter
    from lambdas.health_check.results import Result
    from lambdas.shared.clock import Deadline, now
    from lambdas.shared.guarded_http.certificates import client_context
    from lambdas.shared.guarded_http.header_values import HeaderValues

    entries = [
        {"name": f"n{number}", "url": url, "allow_private": True, "timeout_s": PATIENCE}
        for number, url in enumerate(urls)
    ]
    endpoints = tuple(endpoint_from(entry) for entry in entries)
    report = reporter("bench", endpoints, now(), phases=True)
    began, reported = time.perf_counter(), []

    def deliver(result: Result) -> None:
        report(result)
        if result.state == "up":
            reported.append((time.perf_counter() - began, (result.timings.total or 0) / 1000))

    probe_all(endpoints, ProbeDependencies(client_context(), HeaderValues({})), Deadline.within(60), deliver)
    return reported


def aiohttp_gathered(urls: list[str]) -> Reported:
    """The fastest of the well-known clients, everything begun at once."""
    import aiohttp

    began, reported = time.perf_counter(), []

    async def get(session: aiohttp.ClientSession, url: str) -> None:
        asked = time.perf_counter()
        async with session.get(url, timeout=aiohttp.ClientTimeout(PATIENCE)) as response:
            await response.read()
        reported.append((time.perf_counter() - began, time.perf_counter() - asked))

    async def get_all() -> None:
        async with aiohttp.ClientSession() as session:
            await asyncio.gather(*(get(session, url) for url in urls), return_exceptions=True)

    asyncio.run(get_all())
    return reported


def requests_loop(urls: list[str]) -> Reported:
    """What a first version looks like."""
    import requests

    began, reported = time.perf_counter(), []
    for url in urls:
        asked = time.perf_counter()
        with contextlib.suppress(requests.RequestException):
            requests.get(url, timeout=PATIENCE)
            reported.append((time.perf_counter() - began, time.perf_counter() - asked))
    return reported


CLIENTS: dict[str, Callable[[list[str]], Reported]] = {
    client.__name__: client for client in (health_check, aiohttp_gathered, requests_loop)
}


def main() -> None:
    os.environ.setdefault("AWS_LAMBDA_FUNCTION_NAME", "bench")
    with contextlib.redirect_stdout(io.StringIO()):  # its metrics
        reported = CLIENTS[sys.argv[1]](json.load(sys.stdin))
    json.dump(reported, sys.stdout)


if __name__ == "__main__":
    main()
