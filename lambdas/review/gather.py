"""Asks all sections at the same time; each may fail or be late alone."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.review.section import Found, Section, Situation
from lambdas.shared.lines import one_line
from lambdas.shared.observability import logger
from lambdas.vocabulary.reviews import State

LIMIT: Final = 150.0
"""Seconds that a section has: a query of a month's log takes the longest."""
_DENIED: Final = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError")


@dataclass(frozen=True)
class Result:
    section: Section
    found: Found


def gather(situation: Situation, sections: Sequence[Section], limit: float = LIMIT) -> list[Result]:
    """What each section says, in their order.

    One that is late is not waited for: its thread ends by the time limits of its clients.
    """
    threads = ThreadPoolExecutor(max_workers=max(len(sections), 1))  # all begin at once, so one limit is that of each
    asked = [(section, threads.submit(_ask, section, situation)) for section in sections]
    wait([answer for _, answer in asked], timeout=limit)
    threads.shutdown(wait=False, cancel_futures=True)
    return [Result(section, _found(section, answer, limit)) for section, answer in asked]


def _ask(section: Section, situation: Situation) -> Found:
    if reason := section.not_in_use(situation):
        return Found(State.NOT_IN_USE, reason)
    return section.look(situation)


def _found(section: Section, answer: Future[Found], limit: float) -> Found:
    if not answer.done() or answer.cancelled():
        return _unknown(section, f"no answer within {limit:g} s")
    if error := answer.exception():
        return _unknown(section, reason_of(error))
    return answer.result()


def _unknown(section: Section, reason: str) -> Found:
    said = one_line(reason)
    logger.warning("a section of the review is unknown", section=section.name, reason=said)
    return Found(State.UNKNOWN, said)


def reason_of(error: BaseException) -> str:
    """In one line, with what to do where that is known."""
    match error:
        case ClientError():
            fault = error.response.get("Error", {})
            code = fault.get("Code", "")
            remedy = " (the role of the function review needs this permission)" if code in _DENIED else ""
            return f"AWS refused {error.operation_name}: {code} {fault.get('Message', '')}".strip() + remedy
        case BotoCoreError():
            return f"AWS was not reached: {error}"
        case _:
            return str(error) or type(error).__name__
