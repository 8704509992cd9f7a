"""How often endpoints are probed."""

import re
from datetime import timedelta
from typing import Final

from lambdas.checklist import arns
from lambdas.checklist.check import Check, Outcome, Reads, Situation, failed, passed
from lambdas.checklist.endpoints import READS, endpoints_of, probed
from lambdas.shared.quantities import duration
from lambdas.vocabulary.checklist import Line, Seen
from lambdas.vocabulary.runbooks import Runbook

LONGEST: Final = timedelta(minutes=5)
_LATE: Final = timedelta(minutes=1)
"""What a run may take longer than the one before."""
_FUNCTION: Final = "health_check"
_RATE: Final = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")


@probed
def _often(situation: Situation) -> Outcome:
    name = situation.name(_FUNCTION)
    schedule = situation.account.get("scheduler", "get_schedule", absent=("ResourceNotFoundException",), Name=name)
    if not schedule:
        return failed(f"the schedule {name} is missing")
    state, expression = str(schedule.get("State", "unknown")), str(schedule.get("ScheduleExpression", ""))
    seen = [Seen(f"schedule {name}", f"{state}, {expression}")]
    if state != "ENABLED":
        return failed(f"the schedule {name} is {state}", *seen)
    every = _interval(expression)
    if every is None or every > LONGEST:
        return failed(f"the schedule {name} is {expression}, more than {duration(LONGEST)}", *seen)
    gaps = _gaps(situation)
    seen += [Seen(f"endpoint {endpoint}", f"last seen {duration(gap)} apart") for endpoint, gap in gaps.items()]
    if rare := [endpoint for endpoint, gap in gaps.items() if gap > LONGEST + _LATE]:
        return failed(f"endpoint {rare[0]} was last seen {duration(gaps[rare[0]])} apart", *seen)
    return passed(f"the schedule {name} is {expression}", *seen)


def _interval(expression: str) -> timedelta | None:
    found = _RATE.fullmatch(expression)
    return timedelta(**{f"{found[2]}s": int(found[1])}) if found else None


def _gaps(situation: Situation) -> dict[str, timedelta]:
    """Between the last two observations of each endpoint, where there are two."""
    recents = {each.name: each.current.recent for each in endpoints_of(situation)}
    return {name: recent[-1].at - recent[-2].at for name, recent in recents.items() if len(recent) > 1}


INTERVAL: Final = Check(
    name="probe-interval",
    line=Line.INTERVAL,
    question="Is each endpoint probed every five minutes or better?",
    why="What is probed every hour is down for an hour before anybody knows.",
    passes=f"The schedule of {_FUNCTION} is enabled with {duration(LONGEST)} or less, and so far apart are the last two"
    " observations.",
    remedy=f"Set uptime.interval_minutes to {LONGEST // timedelta(minutes=1)} or less and deploy the stack uptime.",
    runbook=Runbook.PROBER_SILENT,
    reads=(Reads(("scheduler:GetSchedule",), arns.of_schedule(_FUNCTION)), *READS),
    look=_often,
)
