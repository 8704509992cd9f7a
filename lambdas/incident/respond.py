"""Everything that the function is invoked with: notices, answers, the tick of a minute, and what others found."""

import contextlib
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any

from lambdas.incident.change import Incidents
from lambdas.incident.duties import Duties
from lambdas.incident.events import Tick
from lambdas.incident.lasting import Lasting
from lambdas.incident.take_notices import take_notices
from lambdas.incident.take_reply import take_reply
from lambdas.incident.work import Worker
from lambdas.shared.observability import logger
from lambdas.shared.on_call.overrides import NoSuchOverrideError, TooManyOverridesError, asked
from lambdas.vocabulary.codec import MalformedError, decode, encode
from lambdas.vocabulary.incidents import ACTIONS, Action, Entry, Gathered, Reply
from lambdas.vocabulary.notices import Notice
from lambdas.vocabulary.on_call import Step

PENDING_TOO_LONG = timedelta(minutes=5)
_UNREADABLE = (MalformedError, KeyError, TypeError, TooManyOverridesError, NoSuchOverrideError)


class BadEventError(Exception):
    """Whoever invoked the function sent what it does not know."""


class NotDoneError(Exception):
    """Pages or announcements could not be sent for minutes: the alarm on this function's errors says so."""


@dataclass(frozen=True)
class Responder:
    incidents: Incidents
    steps: tuple[Step, ...]
    worker: Worker
    lasting: Lasting
    duties: Duties
    morning: time
    heartbeat: Callable[[], None]
    """Says to an external monitor that this works."""

    def respond(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Raises BadEventError for what is not understood, and what the table's client raises."""
        known: dict[str, Callable[[Any], dict[str, Any]]] = {
            "notices": self._notices,
            "reply": self._reply,
            "slot": self._tick,
            "evidence": self._evidence,
            "override": self._override,
            "remove_override": self._remove_override,
            "action": self._action,
            "action_done": self._action_done,
        }
        for name, answer in known.items():
            if name in event:
                try:
                    return answer(event[name])
                except _UNREADABLE as error:
                    raise BadEventError(f"{name} cannot be read: {error}") from error
        raise BadEventError(f"the event has none of {', '.join(known)}")

    def _notices(self, written: Any) -> dict[str, Any]:
        notices = decode(tuple[Notice, ...], written, ignore_unknown=True)
        self.lasting.take(notices)
        numbers = take_notices(self.incidents, self.steps, notices)
        self._work(numbers)
        return {"incidents": numbers}

    def _reply(self, written: Any) -> dict[str, Any]:
        reply = decode(Reply, written)
        said = take_reply(self.incidents, reply, self.morning)
        logger.info("answer", incident=reply.incident, answer=reply.answer, via=reply.via, outcome=said.outcome)
        self._work([reply.incident])
        return said.as_dict()

    def _tick(self, _: Any) -> dict[str, Any]:
        """Whatever is due; one that fails keeps no other from its turn."""
        moment = self.incidents.clock()
        failed: list[str] = []
        for number in [each.number for each in self.incidents.table.open_incidents()]:
            with _noting(failed, f"incident {number}"):
                self.incidents.change(number, Tick())
        left = self._work()
        for name, work in (("reminders", self.lasting.remind), ("duties", self.duties.do)):
            with _noting(failed, name):
                work(moment)
        waiting = [pending for pending in left if moment - pending > PENDING_TOO_LONG]
        if failed or waiting:
            also = [f"{len(waiting)} messages have waited for minutes"] if waiting else []
            raise NotDoneError("; ".join([*failed, *also]))
        self.heartbeat()
        return {"waiting": len(left)}

    def _work(self, numbers: list[int] | None = None) -> list[datetime]:
        """Do what is to be done, of these incidents or of all; since when that waits which is left."""
        return [
            pending.at
            for pending in self.incidents.table.pending()
            if (numbers is None or pending.incident in numbers) and not self.worker.do(pending)
        ]

    def _evidence(self, written: Any) -> dict[str, Any]:
        number, gathered = int(written["incident"]), decode(Gathered, written["gathered"], ignore_unknown=True)
        self.incidents.table.keep_evidence(number, gathered)
        incident = self.incidents.table.incident(number)
        if incident:
            key = hashlib.sha256(gathered.to_json().encode()).hexdigest()[:16]
            self.worker.announce(incident, f"evidence#{key}", evidence_text(gathered))
        return {"incident": number}

    def _override(self, written: Any) -> dict[str, Any]:
        given = asked({"override": written}, self.incidents.clock())
        for name in (given.person, given.instead_of):
            if name not in self.worker.people:
                raise BadEventError(f"there is no {name} in the rota ({', '.join(self.worker.people)})")
        made = self.incidents.urgent.add(given)
        self.duties.write_override(made)
        return {"identifier": made.identifier}

    def _remove_override(self, written: Any) -> dict[str, Any]:
        identifier = str(written["identifier"])
        self.incidents.urgent.remove(identifier)
        logger.info("override removed", override=identifier, by=str(written["by"])[:100])
        return {"identifier": identifier}

    def _action(self, written: Any) -> dict[str, Any]:
        action = decode(Action, written)
        identifier = action.identifier or f"{action.incident}-{_short_digest(action)}"
        self.incidents.table.put_document(ACTIONS, identifier, replace(action, identifier=identifier).to_json())
        return {"identifier": identifier}

    def _action_done(self, written: Any) -> dict[str, Any]:
        identifier, moment = str(written["identifier"]), self.incidents.clock()
        for document in self.incidents.table.documents(ACTIONS):
            action = Action.from_json(document)
            if action.identifier == identifier:
                self.incidents.table.put_document(ACTIONS, identifier, replace(action, done_at=moment).to_json())
                self.incidents.update(action.incident, Entry(moment, f"done: {action.text}", str(written["by"])[:100]))
                return {"identifier": identifier}
        raise BadEventError(f"there is no action {identifier}")


def evidence_text(gathered: Gathered) -> str:
    """What is suspected first; what said nothing at the end."""
    lines = ["what is known:"]
    for each in gathered.evidence:
        lines += [f"{each.source}: {line}" for line in each.lines]
    silent = [f"{each.source} ({each.failed})" for each in gathered.evidence if each.failed]
    return "\n".join([*lines, *([f"Not known: {'; '.join(silent)}"] if silent else [])])


@contextlib.contextmanager
def _noting(failed: list[str], what: str) -> Any:
    try:
        yield
    except Exception:  # noqa: BLE001  (reported at the end of the tick)
        logger.exception("not done in this tick", what=what)
        failed.append(what)


def _short_digest(action: Action) -> str:
    return hashlib.sha256(encode(action).__repr__().encode()).hexdigest()[:6]
