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
"""Sends an event to one place and returns its answer; raises when it does not answer."""

EVENT = "place"


class SilentPlaceError(Exception):
    """A place answered with an error."""


class RemoteProbes:
    """Places whose answers are awaited."""

    def __init__(self, answers: Mapping[str, Future[list[Result]]]) -> None:
        self._answers = answers

    def answers(self, deadline: Deadline) -> dict[str, list[Result] | None]:
        """Per place its results; None of one that gave none that say anything before the deadline."""
        wait(self._answers.values(), timeout=max(deadline.remaining, 0))
        return {place: _answer(place, future) for place, future in self._answers.items()}


@contextmanager
def remote_probes(places: Mapping[str, Ask], names: Collection[str], seconds: float) -> Iterator[RemoteProbes]:
    """Ask every place to probe within `seconds`, for the endpoints of these names; at the end nobody is waited for."""
    event = json.dumps({EVENT: True, "seconds": seconds}).encode()
    threads = ThreadPoolExecutor(max(len(places), 1), thread_name_prefix="place")
    try:
        yield RemoteProbes({place: threads.submit(_ask, ask, event, place, names) for place, ask in places.items()})
    finally:
        threads.shutdown(wait=False, cancel_futures=True)


def answer_of(results: Sequence[Result]) -> dict[str, Any]:
    """What a place returns to the one that asked."""
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
            raise SilentPlaceError(payload[:200].decode(errors="replace"))
        return payload

    return ask


def _ask(ask: Ask, event: bytes, place: str, names: Collection[str]) -> list[Result]:
    answer = json.loads(ask(event))
    results = [Result.from_dict({**result, "place": place}) for result in answer["results"]]
    return _once_each(results, place, names)


def _once_each(results: Sequence[Result], place: str, names: Collection[str]) -> list[Result]:
    """One result for each endpoint that is listed here: a place has one vote, and may be a deployment ahead."""
    if others := sorted({result.endpoint for result in results} - set(names)):
        logger.warning("a place answers for endpoints not listed here (deploy both)", place=place, endpoints=others)
    return list({result.endpoint: result for result in results if result.endpoint in names}.values())


def _answer(place: str, future: Future[list[Result]]) -> list[Result] | None:
    reason = "it has not answered in time"
    if future.done():
        error = future.exception()
        if error is None and any(result.state is not State.UNKNOWN for result in future.result()):
            return future.result()
        reason = f"{type(error).__name__}: {error}" if error else "it could reach nothing"
    logger.error("a place is silent", place=place, reason=reason)
    return None
