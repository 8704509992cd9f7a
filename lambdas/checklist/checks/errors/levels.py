"""Whether logs hold enough, and in production no more."""

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

from lambdas.checklist import arns
from lambdas.checklist.check import Check, Outcome, Reads, Situation, failed, passed, unknown
from lambdas.shared.quantities import counted
from lambdas.vocabulary.checklist import Line, Seen
from lambdas.vocabulary.log_contract import LEVELS, Field

MAY_DEBUG: Final = ("staging", "test", "dev", "development", "local")
"""Environments in which debug lines are wanted; every other one is taken for production."""
FUNCTION: Final = "recovery_check"
"""One that every environment has; all have the same level."""
VARIABLE: Final = "POWERTOOLS_LOG_LEVEL"
_DEBUG, _INFO = LEVELS[:2]
_SPAN: Final = timedelta(minutes=15)
_LINES: Final = 100
_REQUESTS: Final = 5
_GONE: Final = ("ResourceNotFoundException",)


def _level(situation: Situation) -> Outcome:
    name, wanted = situation.name(FUNCTION), situation.settings.log_level
    found = situation.account.get("lambda", "get_function_configuration", absent=_GONE, FunctionName=name)
    if found is None:
        return failed(f"the function {name} is missing")
    level = str(found.get("Environment", {}).get("Variables", {}).get(VARIABLE, "")).lower()
    if not level:
        return unknown(f"{name} has no {VARIABLE}")
    seen = Seen(name, f"{VARIABLE} = {level}")
    if level != wanted:
        return failed(f"{name} logs at {level}, and the environment's file says {wanted}", seen)
    most = _DEBUG if situation.settings.environment in MAY_DEBUG else _INFO
    if _rank(level) < _rank(most):
        return failed(f"{name} logs at {level}, in production {most} is the least", seen)
    if _rank(level) > _rank(most):
        return failed(f"{name} logs at {level}, and {most} lines are missing", seen)
    return _of_the_backend(situation, level, most, seen)


def _of_the_backend(situation: Situation, level: str, most: str, seen: Seen) -> Outcome:
    group = situation.settings.backend_log
    levels = [str(line.get(Field.LEVEL, "")).lower() for line in _newest_lines(situation, group)]
    below = [each for each in levels if each in LEVELS and _rank(each) < _rank(most)]
    of_lines = Seen(group, f"levels of {counted(len(levels), 'line')}: {', '.join(sorted(set(levels))) or 'none'}")
    if below:
        return failed(f"{group} has {below[0]} lines, {len(below)} of the last {len(levels)}", seen, of_lines)
    backend = f", and none of {counted(len(levels), 'new line')} of {group} is below {most}" if levels else ""
    return passed(f"functions log at {level}{backend}", seen, of_lines)


def _newest_lines(situation: Situation, group: str) -> list[Mapping[str, Any]]:
    """A part of the last minutes: a busy log is not read through."""
    events = situation.account.read("logs", f"new lines of {group}", lambda logs: _read(logs, situation, group))
    return list(_as_json(events))


def _read(logs: Any, situation: Situation, group: str) -> list[Mapping[str, Any]]:
    asked: dict[str, Any] = {
        "logGroupName": group,
        "startTime": int((situation.at - _SPAN).timestamp() * 1000),
        "limit": _LINES,
    }
    for _ in range(_REQUESTS):
        answer = logs.filter_log_events(**asked)
        if events := answer.get("events"):
            return list(events)
        if not (token := answer.get("nextToken")):
            break
        asked["nextToken"] = token
    return []


def _as_json(events: list[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for event in events:
        try:
            line = json.loads(event["message"])
        except ValueError:
            continue
        if isinstance(line, dict):
            yield line


def _rank(level: str) -> int:
    return LEVELS.index(level)


LOG_LEVEL: Final = Check(
    name="log-level",
    line=Line.MINIMUM_LEVEL,
    question="Is the least level info in production, and debug in staging?",
    why="Debug lines cost money and hold data of users; without info lines nobody finds out what happened.",
    passes=f"Functions log at {_INFO}, or at {_DEBUG} in {', '.join(MAY_DEBUG)}, as the environment's file says, and so"
    f" do the new lines of the API's log.",
    remedy="Set log_level in the environment's file and deploy; set the backend's own level.",
    reads=(
        Reads(("lambda:GetFunctionConfiguration",), arns.of_function(FUNCTION)),
        Reads(("logs:FilterLogEvents",), arns.of_log("{backend_log}"), because="All streams of the API's log group."),
    ),
    look=_level,
)
