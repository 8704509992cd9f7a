"""Asks all sources at the same time; each may fail or be late alone."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Final

from lambdas.incident_evidence.source import Found, Situation, Source
from lambdas.shared.lines import one_line, shown
from lambdas.shared.observability import logger
from lambdas.vocabulary.incidents import Evidence

LIMIT: Final = 5.0
"""Seconds that a source has."""


def gather(situation: Situation, sources: Sequence[Source], limit: float = LIMIT) -> tuple[Evidence, ...]:
    """The suspected change first, otherwise in the order of `sources`.

    A source that is late is not waited for: its thread ends by the time limits of its clients.
    """
    threads = ThreadPoolExecutor(max_workers=max(len(sources), 1))  # all begin at once, so one limit is that of each
    asked = [(source, threads.submit(source.look, situation)) for source in sources]
    wait([answer for _, answer in asked], timeout=limit)
    threads.shutdown(wait=False, cancel_futures=True)
    evidence = [_evidence(source, answer, limit) for source, answer in asked]
    return tuple(sorted(evidence, key=lambda each: not each.suspected))


def _evidence(source: Source, answer: Future[Found], limit: float) -> Evidence:
    if not answer.done() or answer.cancelled():
        return _failed(source, f"no answer within {limit:g} s")
    if error := answer.exception():
        return _failed(source, str(error) or type(error).__name__)
    found = answer.result()
    return Evidence(source.name, shown(found.lines), suspected=found.suspected)


def _failed(source: Source, reason: str) -> Evidence:
    failed = one_line(reason)
    logger.warning("a source of evidence failed", source=source.name, reason=failed)
    return Evidence(source.name, failed=failed)
