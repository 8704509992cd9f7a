"""Asks the checks, each failing alone, and weighs what they say against waivers and attestations."""

import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from typing import Final

from lambdas.checklist.check import Check, Outcome, Situation, unknown
from lambdas.checklist.reader import Answers, Client, Reader, UnreadableError
from lambdas.checklist.settings import Settings
from lambdas.shared.clock import Clock, now
from lambdas.shared.lines import one_line
from lambdas.shared.observability import logger
from lambdas.vocabulary.checklist import BAD, Answer, Seen, Verdict
from lambdas.vocabulary.names import Named

SIDE_BY_SIDE: Final = 8
"""Checks at a time: AWS takes some of these calls a few times a second only."""
LIMIT: Final = 240.0
"""Seconds for all of them."""
MOST_SEEN: Final = 20
ENVIRONMENT: Final = "<environment>"
"""In remedies it stands for the environment's name."""


def evaluate(
    checks: Sequence[Check],
    settings: Settings,
    here: Named,
    client: Client,
    *,
    clock: Clock = now,
    limit: float = LIMIT,
) -> tuple[Answer, ...]:
    """In the order of `checks`; one that is late is UNKNOWN, and its thread ends by its clients' own limits."""
    answers, at = Answers(client, clock), clock()
    situations = [Situation(settings, Reader(answers), at, here) for _ in checks]
    threads = ThreadPoolExecutor(max_workers=SIDE_BY_SIDE)
    asked = [threads.submit(_look, check, situation) for check, situation in zip(checks, situations, strict=True)]
    wait(asked, timeout=limit)
    threads.shutdown(wait=False, cancel_futures=True)
    return tuple(
        _answer(check, situation, _outcome(future, limit))
        for check, situation, future in zip(checks, situations, asked, strict=True)
    )


def _look(check: Check, situation: Situation) -> Outcome:
    if check.look is None:
        return _attested(check, situation)
    started = time.monotonic()
    try:
        return check.look(situation)
    except UnreadableError as error:
        return unknown(str(error))
    except Exception as error:  # noqa: BLE001  (a check that is wrong must not take the others with it)
        logger.exception("a check failed", check=check.name)
        return unknown(f"the check itself failed: {type(error).__name__}: {error}")
    finally:
        logger.debug("checked", check=check.name, seconds=round(time.monotonic() - started, 3))


def _attested(check: Check, situation: Situation) -> Outcome:
    given = [each for each in situation.settings.attestations if each.check == check.name]
    held = [each for each in given if each.holds_at(situation.at)]
    if held:
        note = f": {held[0].note}" if held[0].note else ""
        return Outcome(Verdict.ATTESTED, f"attested by {held[0].by} until {held[0].until}{note}")
    if given:
        return unknown(f"the attestation by {given[0].by} ended on {given[0].until}")
    return unknown("no API shows it, and nobody has attested it")


def _outcome(future: "Future[Outcome]", limit: float) -> Outcome:
    if not future.done() or future.cancelled():
        return unknown(f"no answer within {limit:g} s")
    return future.result()


def _answer(check: Check, situation: Situation, found: Outcome) -> Answer:
    outcome = _waived(check, situation, found)
    return Answer(
        check=check.name,
        section=check.line.section,
        line=check.line.words,
        question=check.question,
        importance=check.importance,
        verdict=outcome.verdict,
        text=one_line(outcome.text),
        remedy=check.remedy.replace(ENVIRONMENT, situation.settings.environment) if outcome.verdict in BAD else "",
        runbook=check.runbook or "",
        seen=tuple(Seen(one_line(each.resource), one_line(each.value)) for each in outcome.seen[:MOST_SEEN]),
        calls=tuple(dict.fromkeys(situation.account.calls)),
    )


def _waived(check: Check, situation: Situation, found: Outcome) -> Outcome:
    given = [each for each in situation.settings.waivers if each.check == check.name]
    if found.verdict not in BAD or not given:
        return found
    for waiver in given:
        if waiver.holds_at(situation.at):
            text = f"accepted by {waiver.owner} until {waiver.until}: {waiver.reason} ({found.verdict}: {found.text})"
            return replace(found, verdict=Verdict.WAIVED, text=text)
    return replace(found, text=f"{found.text} (the waiver by {given[0].owner} ended on {given[0].until})")
