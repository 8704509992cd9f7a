"""The copies of this function in other regions, asked at the same time."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any

from lambdas.health_check.results import Result
from lambdas.shared import aws
from lambdas.shared.clock import Deadline
from lambdas.shared.observability import logger
from lambdas.vocabulary.endpoints import State

Ask = Callable[[bytes], bytes]
"""Sends an event to one region and returns its answer; raises when it does not answer."""

EVENT = "remote_probe"
"""The key of an event by which the home region asks."""


class SilentRegionError(Exception):
    """A region answered with an error."""


class RemoteProbes:
    """Regions whose answers are awaited."""

    def __init__(self, answers: Mapping[str, Future[list[Result]]]) -> None:
        self._answers = answers

    def answers(self, deadline: Deadline) -> dict[str, list[Result] | None]:
        """The results of each region; None for one that gave nothing usable before the deadline."""
        wait(self._answers.values(), timeout=max(deadline.remaining, 0))
        return {region: _answer(region, future) for region, future in self._answers.items()}


@contextmanager
def remote_probes(regions: Mapping[str, Ask], names: Collection[str], seconds: float) -> Iterator[RemoteProbes]:
    """Ask every region to probe within `seconds`, for the endpoints of these names; waits for none at the end."""
    event = json.dumps({EVENT: True, "seconds": seconds}).encode()
    threads = ThreadPoolExecutor(max(len(regions), 1), thread_name_prefix="region")
    try:
        yield RemoteProbes({region: threads.submit(_ask, ask, event, region, names) for region, ask in regions.items()})
    finally:
        threads.shutdown(wait=False, cancel_futures=True)


def answer_of(results: Sequence[Result]) -> dict[str, Any]:
    """What a region returns to the home region."""
    return {"results": [result.as_dict() for result in results]}


def lambda_asker(region: str, function_name: str, deadline: Deadline) -> Ask:
    """Invokes the function of that name in another region."""

    def ask(event: bytes) -> bytes:
        caller = aws.client(
            "lambda", region=region, connect_timeout=3, read_timeout=max(deadline.remaining, 1), attempts=2
        )
        answer = caller.invoke(FunctionName=function_name, Payload=event)
        payload: bytes = answer["Payload"].read()
        if "FunctionError" in answer:
            raise SilentRegionError(payload[:200].decode(errors="replace"))
        return payload

    return ask


def _ask(ask: Ask, event: bytes, region: str, names: Collection[str]) -> list[Result]:
    answer = json.loads(ask(event))
    results = [Result.from_dict({**result, "region": region}) for result in answer["results"]]
    return _once_each(results, region, names)


def _once_each(results: Sequence[Result], region: str, names: Collection[str]) -> list[Result]:
    """One result for each endpoint that is listed here: a region has one vote, and may be a deployment ahead."""
    if others := sorted({result.endpoint for result in results} - set(names)):
        logger.warning("a region answers for endpoints not listed here (deploy both)", region=region, endpoints=others)
    return list({result.endpoint: result for result in results if result.endpoint in names}.values())


def _answer(region: str, future: Future[list[Result]]) -> list[Result] | None:
    reason = "it has not answered in time"
    if future.done():
        error = future.exception()
        if error is None and any(result.state is not State.UNKNOWN for result in future.result()):
            return future.result()
        reason = f"{type(error).__name__}: {error}" if error else "it could reach nothing"
    logger.error("a region is silent", region=region, reason=reason)
    return None
