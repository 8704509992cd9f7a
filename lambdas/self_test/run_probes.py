"""Asks all probes at the same time; each may fail or be late alone."""

import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.self_test.invoke import FunctionFailedError
from lambdas.self_test.outputs import NoOutputError
from lambdas.self_test.probe import Probe, Seen, Situation, failed, not_asked
from lambdas.self_test.web import NoAnswerError
from lambdas.shared.clock import Deadline
from lambdas.shared.lines import one_line
from lambdas.shared.observability import logger
from lambdas.vocabulary.self_test import Outcome, ProbeResult

_DENIED = "deploy the stack reviews again: the role of self_test lacks the right"


def run_probes(probes: Sequence[Probe], situation: Situation) -> tuple[ProbeResult, ...]:
    """In the order of `probes`; one that is late is not waited for, and its thread ends by its clients' limits."""
    threads = ThreadPoolExecutor(max_workers=max(len(probes), 1))  # all begin at once, so a limit is that of each
    asked = [(probe, Deadline.within(probe.seconds), threads.submit(_timed, probe, situation)) for probe in probes]
    results = tuple(_result(probe, deadline, future) for probe, deadline, future in asked)
    threads.shutdown(wait=False, cancel_futures=True)
    return results


def _timed(probe: Probe, situation: Situation) -> tuple[Seen, float]:
    began = time.monotonic()
    return _ask(probe, situation), round(time.monotonic() - began, 1)


def _ask(probe: Probe, situation: Situation) -> Seen:
    try:
        return probe.ask(situation)
    except (FunctionFailedError, NoAnswerError, NoOutputError) as error:
        return failed(str(error))
    except ClientError as error:
        denied = f" ({_DENIED})" if "AccessDenied" in error.response.get("Error", {}).get("Code", "") else ""
        return not_asked(f"{error}{denied}")
    except BotoCoreError as error:
        return not_asked(str(error))
    except Exception as error:  # noqa: BLE001  (a probe that is wrong must not take the others with it)
        logger.exception("a probe itself failed", probe=probe.name)
        return not_asked(f"the probe itself failed: {type(error).__name__}: {error}")


def _result(probe: Probe, deadline: Deadline, future: "Future[tuple[Seen, float]]") -> ProbeResult:
    try:
        seen, seconds = future.result(max(deadline.remaining, 0))
    except TimeoutError:
        seen, seconds = not_asked(f"no answer within {probe.seconds:g} s"), probe.seconds
    bad = seen.outcome is Outcome.FAILED
    return ProbeResult(
        probe=probe.name,
        question=probe.question,
        outcome=seen.outcome,
        seen=one_line(seen.text),
        meaning=probe.meaning if bad else "",
        remedy=(seen.remedy or probe.remedy) if bad else "",
        seconds=seconds,
    )
