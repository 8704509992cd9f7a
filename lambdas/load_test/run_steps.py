"""The steps of a load test, one after another, until one does not pass."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Final

from lambdas.load_test.drive import Load
from lambdas.load_test.judge import Driven, Limits, in_words, judged
from lambdas.load_test.plan import PlannedStep
from lambdas.load_test.refused import RefusedError
from lambdas.load_test.routes import Ask
from lambdas.load_test.tally import Tally
from lambdas.load_test.watch import Look, watch
from lambdas.shared.clock import Deadline
from lambdas.shared.observability import logger
from lambdas.vocabulary.load_tests import Step, Verdict

TO_WRITE: Final = 20
"""Seconds of the function's time that its report needs."""


@dataclass(frozen=True)
class Rules:
    """When a step, and with it the test, ends."""

    limits: Limits
    deadline: Deadline
    timeout: timedelta
    """How long the last answer of a step may take."""
    look: Look
    """Why the test must end at once."""


async def require_answers(load: Load, asks: tuple[Ask, ...]) -> None:
    """Each route once, before any load: raises RefusedError when one does not answer with 2xx."""
    tallies = {ask.url: Tally() for ask in asks}
    for ask in asks:
        load.send(ask, monotonic(), tallies[ask.url])
    await load.finished()
    for url, tally in tallies.items():
        if tally.errors or not tally.answered:
            why = "; ".join(filter(None, (in_words(tally.errors), load.faults)))
            raise RefusedError(f"GET {url} does not answer as it should: {why} (mend load_test.routes, or the API)")


async def run_steps(
    load: Load, turns: Iterator[Ask], steps: tuple[PlannedStep, ...], rules: Rules, announce: Callable[[str], None]
) -> list[Step]:
    """More load on an API that did not stand the last step proves nothing, and hurts.

    `announce` is told which step begins; it may block.
    """
    watching = asyncio.create_task(watch(rules.look))
    done: list[Step] = []
    try:
        for number, step in enumerate(steps, 1):
            await asyncio.to_thread(announce, f"step {number} of {len(steps)}: {step.per_minute:g} requests a minute")
            done.append(judged(await _driven(load, turns, step, rules, watching), rules.limits))
            logger.info("load test", step=number, verdict=done[-1].verdict, reason=done[-1].reason)
            if done[-1].verdict is not Verdict.PASSED:
                break
    finally:
        watching.cancel()
    return done


async def _driven(
    load: Load, turns: Iterator[Ask], step: PlannedStep, rules: Rules, watching: asyncio.Task[str]
) -> Driven:
    tally, opened, begin = Tally(), load.opened, monotonic()
    if rules.deadline.remaining < step.seconds + rules.timeout.total_seconds() + TO_WRITE:
        return Driven(step, 0, tally, 0, "the function's time would have ended in it")
    driving = asyncio.create_task(_drive(load, turns, step, begin, tally))
    await asyncio.wait({driving, watching}, return_when=asyncio.FIRST_COMPLETED)
    if watching.done():
        driving.cancel()
        seconds = min(monotonic() - begin, step.seconds)
        return Driven(step, seconds, tally, load.opened - opened, watching.result())
    return Driven(step, await driving, tally, load.opened - opened)


async def _drive(load: Load, turns: Iterator[Ask], step: PlannedStep, begin: float, tally: Tally) -> float:
    """For how many seconds requests were sent; ends when all have their answers."""
    await load.drive(step.moments(begin), turns, tally)
    seconds = max(step.seconds, monotonic() - begin)
    await load.finished()
    return seconds
