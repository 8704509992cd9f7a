"""What the API's newest lines hold, and that one of them is found again."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

from lambdas.checklist.check import Check, Outcome, Situation, failed, passed
from lambdas.checklist.checks.logs.newest import LINES, READS, LogLine, newest_lines
from lambdas.checklist.phrases import ago, listed
from lambdas.shared.quantities import counted
from lambdas.vocabulary.checklist import Importance, Line, Seen
from lambdas.vocabulary.log_contract import Event, Field
from lambdas.vocabulary.runbooks import Runbook

LEAST_SHARE: Final = 0.95
"""Of lines: a runtime's own warning is no reason to fail, a logger that is not set up is."""
LATEST: Final = timedelta(hours=1)
"""Probes are requests, and come at least as often."""
AROUND: Final = timedelta(seconds=30)
"""The time around a line in which it is looked for."""
_CONTRACT: Final = (
    "Log by the contract (docs/log-contract.md has the code); ops <environment> logs check names each fault."
)


def _structured(situation: Situation) -> Outcome:
    lines = newest_lines(situation)
    good = [line for line in lines if line.is_structured]
    faults = Counter(str(fault) for line in lines for fault in line.judged.faults if not fault.private)
    commonest = "".join(f"; most often {fault}" for fault, _ in faults.most_common(1))
    return _by_share(situation, lines, good, f"keep the log contract{commonest}")


def _levels(situation: Situation) -> Outcome:
    lines = newest_lines(situation)
    good = [line for line in lines if not line.lacks(Field.LEVEL)]
    levels = Counter(str(line.fields[Field.LEVEL]) for line in good)
    used = listed(f"{level} {number}" for level, number in levels.most_common())
    return _by_share(situation, lines, good, f"have a level of the contract: {used or 'none'}")


def _request_ids(situation: Situation) -> Outcome:
    lines = newest_lines(situation)
    requests = [line for line in lines if line.judged.event is Event.REQUEST]
    if lines and not requests:
        return failed(f"none of the newest {counted(len(lines), 'line')} of {_log(situation)} is a request")
    good = [line for line in requests if not line.lacks(Field.REQUEST_ID)]
    services = sorted({str(line.fields.get(Field.SERVICE)) for line in good})
    return _by_share(situation, requests, good, f"of requests have a request id, of services {listed(services)}")


def _private(situation: Situation) -> Outcome:
    lines, log = newest_lines(situation), _log(situation)
    if not lines:
        return _silent(situation)
    found = Counter(f"{fault.field} {fault.reason}" for line in lines for fault in line.judged.faults if fault.private)
    if found:
        return failed(
            f"lines of {log} hold what must not be logged: {listed(found)}",
            *(Seen(log, f"{fault}, in {counted(number, 'line')}") for fault, number in found.most_common()),
        )
    return passed(f"no secret and no personal data in the newest {counted(len(lines), 'line')} of {log}")


def _arrive(situation: Situation) -> Outcome:
    lines, log = newest_lines(situation), _log(situation)
    if not lines:
        return _silent(situation)
    newest = lines[0].at
    seen = Seen(log, f"newest line {newest:%Y-%m-%d %H:%M:%S} UTC")
    if situation.at - newest > LATEST:
        return failed(f"the newest line of {log} came {ago(newest, situation.at)}", seen)
    return passed(f"the newest line of {log} came {ago(newest, situation.at)}", seen)


def _found(situation: Situation) -> Outcome:
    lines, log = newest_lines(situation), _log(situation)
    wanted = _to_look_for(lines)
    if wanted is None:
        return failed(f"no line of the last day in {log} has a request id to look for")
    identifier = wanted.fields[Field.REQUEST_ID]
    hits = situation.account.read("logs", "the line of one request", lambda logs: _search(logs, log, wanted))
    of_what = "an error" if wanted.judged.event is Event.ERROR else "a request"
    if not hits:
        return failed(f"{of_what} of {wanted.at:%H:%M:%S} UTC with id {identifier} is not found in {log}")
    return passed(f"{of_what} is found in {log} by its id {identifier}: {counted(hits, 'line')}")


def _to_look_for(lines: Iterable[LogLine]) -> LogLine | None:
    """The newest error, or else the newest request."""
    with_id = [line for line in lines if Field.REQUEST_ID in line.fields and not line.lacks(Field.REQUEST_ID)]
    errors = (line for line in with_id if line.judged.event is Event.ERROR)
    return next(errors, None) or next(iter(with_id), None)


def _search(logs: Any, log: str, wanted: LogLine) -> int:
    """An id of the contract has no quotes."""
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=log,
        startTime=int((wanted.at - AROUND).timestamp() * 1000),
        endTime=int((wanted.at + AROUND).timestamp() * 1000),
        filterPattern=f'{{ {Field.REQUEST_ID.in_filters} = "{wanted.fields[Field.REQUEST_ID]}" }}',
        PaginationConfig={"MaxItems": 10},
    )
    return sum(len(page.get("events", ())) for page in pages)


def _by_share(situation: Situation, lines: Iterable[LogLine], good: Iterable[LogLine], what: str) -> Outcome:
    total, right, log = len(list(lines)), len(list(good)), _log(situation)
    if not total:
        return _silent(situation)
    text = f"{right} of the newest {counted(total, 'line')} of {log} {what}"
    seen = Seen(log, f"{right} of {total}")
    return passed(text, seen) if right >= LEAST_SHARE * total else failed(text, seen)


def _silent(situation: Situation) -> Outcome:
    return failed(f"no line of the last day in {_log(situation)}: the API's log is sent elsewhere, or nowhere")


def _log(situation: Situation) -> str:
    return situation.settings.backend_log


CHECKS: Final = (
    Check(
        name="log-lines-structured",
        line=Line.STRUCTURED,
        question="Are the API's lines JSON that keeps the log contract?",
        why="What is no JSON is not counted: no error rate, no latency, no alarm, and no query finds it.",
        passes=f"{LEAST_SHARE:.0%} of the newest {LINES} lines of the last day keep the contract.",
        remedy=_CONTRACT,
        importance=Importance.BLOCKER,
        reads=(READS,),
        look=_structured,
    ),
    Check(
        name="log-levels-used",
        line=Line.LEVELS,
        question="Does each line say how grave it is?",
        why="Without levels nobody finds the one error among a million remarks.",
        passes=f"{LEAST_SHARE:.0%} of the newest {LINES} lines have one of the contract's levels.",
        remedy=_CONTRACT,
        reads=(READS,),
        look=_levels,
    ),
    Check(
        name="log-lines-arrive",
        line=Line.AGGREGATED,
        question="Do the API's lines arrive in the one place where they are looked for?",
        why="Lines that stay on a server are lost with it, and alarms that count them are silent.",
        passes=f"The newest line is at most {LATEST // timedelta(minutes=1)} minutes old.",
        remedy="Send the lines to the log group (docs/log-contract.md, How the lines get to CloudWatch).",
        importance=Importance.BLOCKER,
        runbook=Runbook.TRAFFIC,
        reads=(READS,),
        look=_arrive,
    ),
    Check(
        name="log-lines-without-private-data",
        line=Line.MASKED,
        question="Are the newest lines free of secrets and personal data?",
        why="A log has more readers than a database; masking is the last net, not the first.",
        passes=f"The validator finds none in the newest {LINES} lines.",
        remedy="Leave it out, or mask it before it is logged (docs/log-contract.md, Personal data).",
        importance=Importance.BLOCKER,
        reads=(READS,),
        look=_private,
    ),
    Check(
        name="request-ids",
        line=Line.REQUEST_IDS,
        question="Has each request an id, by which its lines are found in all services?",
        why="Without one, the lines of one failure cannot be told from those of a thousand others.",
        passes=f"{LEAST_SHARE:.0%} of the requests among the newest {LINES} lines have one.",
        remedy=f"{_CONTRACT} Take the header X-Request-Id, send it back, and on to other services.",
        reads=(READS,),
        look=_request_ids,
    ),
    Check(
        name="an-error-is-found",
        line=Line.FOUND,
        question="Is one specific error, or request, found by its id?",
        why="At night nobody has the time to find out how the logs are searched.",
        passes="A search for the newest error, or else the newest request, finds its lines.",
        remedy=_CONTRACT,
        reads=(READS,),
        look=_found,
    ),
)
