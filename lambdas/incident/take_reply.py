"""What people say: an answer to an incident, whichever way it came."""

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from lambdas.incident.change import Incidents
from lambdas.incident.events import Answered, Outcome
from lambdas.incident.rules import LONGEST_SNOOZE
from lambdas.shared.quantities import duration
from lambdas.vocabulary.incidents import Answer, Incident, Reply, State

LONGEST_TEXT = 2000
LONGEST_NAME = 100


@dataclass(frozen=True)
class Said:
    """What whoever answered reads."""

    outcome: str
    """`done`, `noted`, `refused` or `repeated`."""
    text: str
    incident: Incident | None = None

    def as_dict(self) -> dict[str, Any]:
        """As it is returned."""
        about = {} if self.incident is None else {"state": self.incident.state, "taken_by": self.incident.taken_by}
        return {"outcome": self.outcome, "text": self.text, **about}


def take_reply(incidents: Incidents, reply: Reply, morning: time) -> Said:
    """A reply that came before, by its nonce, changes nothing."""
    if refusal := _refusal(reply):
        return Said("refused", refusal)
    moment = incidents.clock()
    reply = replace(reply, by=reply.by.strip()[:LONGEST_NAME], at=min(reply.at, moment))  # no clock runs ahead of ours
    before = incidents.table.incident(reply.incident)
    if before is None:
        return Said("refused", f"there is no incident {reply.incident}")
    if reply.nonce and not incidents.table.first_time(_digest(reply), moment):
        return Said("repeated", "this answer was received before", before)
    until = _until(reply, moment, incidents.rota.timezone, morning)
    outcome = incidents.change(reply.incident, Answered(reply, until))
    assert outcome is not None  # noqa: S101  (incidents are never deleted)
    return _said(reply, before, outcome, until - moment)


def _refusal(reply: Reply) -> str:
    if len(reply.text) > LONGEST_TEXT:
        return f"a note has {LONGEST_TEXT} characters at most"
    if reply.answer is Answer.NOTE and not reply.text.strip():
        return "a note needs a text"
    longest = LONGEST_SNOOZE // timedelta(minutes=1)
    if reply.answer is Answer.SNOOZE and not 0 <= reply.minutes <= longest:
        return f"a snooze lasts 1 to {longest} minutes, or until morning"
    if reply.answer in (Answer.TAKE, Answer.SNOOZE, Answer.CANNOT) and not reply.by.strip():
        return "say who you are"
    return ""


def _said(reply: Reply, before: Incident, outcome: Outcome, snooze: timedelta) -> Said:
    after = outcome.incident
    if outcome.refused:
        return Said("refused", outcome.refused, after)
    if reply.answer is Answer.NOTE:
        return Said("noted", "your note is in the timeline", after)
    if not before.is_open:
        return Said("noted", f"it is {before.state} already: nothing is to be done", after)
    if after == before:  # an answer to an earlier page
        return Said("noted", "it was triggered again since: answer the newest message", after)
    said = {
        Answer.TAKE: "the test page ends with it" if after.is_test else "you have it",
        Answer.SNOOZE: f"nobody is paged for {duration(snooze)}",
        Answer.CANNOT: "the next person is paged" if after.state is State.TRIGGERED else "noted: somebody else has it",
        Answer.RESOLVE: "it is resolved",
    }
    return Said("done", said[reply.answer], after)


def _until(reply: Reply, moment: datetime, zone: str, morning: time) -> datetime:
    """When a snooze ends; without minutes it is the next morning, by the rota's clock."""
    if reply.minutes or reply.answer is not Answer.SNOOZE:
        return moment + timedelta(minutes=reply.minutes)
    local = moment.astimezone(ZoneInfo(zone))
    day = local.date() if local.time() < morning else local.date() + timedelta(days=1)
    return datetime.combine(day, morning, ZoneInfo(zone)).astimezone(UTC)


def _digest(reply: Reply) -> str:
    return hashlib.sha256(f"{reply.incident} {reply.nonce}".encode()).hexdigest()[:32]
