"""Does what a change of an incident asks for: pages, reminders, announcements, evidence, the review's draft.

What is to be done is stored with the change.  It is done at once, and again with every tick until all of it has been
done: nothing is lost with an invocation that dies.  Each single piece is claimed before and marked afterwards, so that
two invocations do not do it twice; of one that died in between nobody knows, and it is done again.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from lambdas.incident.change import Incidents
from lambdas.incident.chat import Chat
from lambdas.incident.events import Kind, Work
from lambdas.incident.pager import Pager
from lambdas.incident.words import Text, Writer
from lambdas.shared.delivery_errors import DeliveryError
from lambdas.shared.incidents.table import Pending
from lambdas.shared.observability import logger
from lambdas.shared.on_call.rotation import on_call_at
from lambdas.vocabulary.codec import decode
from lambdas.vocabulary.incidents import Entry, Incident, State
from lambdas.vocabulary.on_call import Person

AGAIN_AFTER = timedelta(seconds=60)
"""An invocation that claimed a piece of work so long ago has died: it has 30 seconds."""
GIVE_UP = timedelta(hours=1)

Link = Callable[[int, str], str]
"""An incident's link for a person, or for nobody in particular: an empty name."""


@dataclass(frozen=True)
class Worker:
    incidents: Incidents
    writer: Writer
    people: Mapping[str, Person]
    pager: Pager
    chat: Chat | None
    link: Link
    token: Callable[[int], str]
    """What a button of the chat brings back."""
    gather: Callable[[int], None]
    write_up: Callable[[Incident], str]
    """Writes the review's draft; returns where it can be read."""
    acknowledge: Callable[[Incident], None]
    """Says in the other system that somebody has taken it."""

    def do(self, pending: Pending) -> bool:
        """Whether nothing is left of it."""
        moment = self.incidents.clock()
        late = moment - pending.at > GIVE_UP
        done = True
        for number, written in enumerate(pending.work):
            work = decode(Work, written)
            try:
                self._one(pending, f"{pending.version}#{number}", work)
            except Exception as error:  # noqa: BLE001  (whatever fails, the rest is done, and this comes again)
                done = late
                logger.error("not done", incident=pending.incident, work=work.kind, reason=_line(error), given_up=late)
                if late:
                    entry = Entry(moment, f"gave up: {work.kind} {', '.join(work.people)}".strip())
                    self.incidents.update(pending.incident, entry)
        if done:
            self.incidents.table.done(pending)
        return done

    def _one(self, pending: Pending, key: str, work: Work) -> None:
        incident = self.incidents.table.incident(pending.incident)
        if incident is None:
            return
        match work.kind:
            case Kind.PAGE if incident.state is State.TRIGGERED:  # nobody is paged for what somebody has taken
                self._page(incident, key, work)
            case Kind.REMIND if incident.state is State.ACKNOWLEDGED and incident.taken_by in work.people:
                self._remind(incident, key)
            case Kind.ANNOUNCE:
                self.announce(incident, key, work.text, without=work.people)
            case Kind.ACKNOWLEDGE if incident.state is State.ACKNOWLEDGED:
                self._once(incident, f"{key}#acknowledge", lambda: self.acknowledge(incident))
            case Kind.GATHER:
                self._once(incident, f"{key}#gather", lambda: self.gather(incident.number))
            case Kind.WRITE_UP:
                self._once(incident, f"{key}#review", lambda: self._write_up(incident, key))
            case _:
                logger.info("no longer needed", incident=incident.number, work=work.kind)

    def _page(self, incident: Incident, key: str, work: Work) -> None:
        """By the topic and in the chat; it fails only when neither took it."""

        def to_one(person: str) -> Callable[[], None]:
            text = self._text(incident, work.text, person)
            return lambda: self.pager.page(person, text)

        tries = {f"{key}#{person}#sns": to_one(person) for person in work.people}
        if self.chat:
            said = self._text(incident, work.text, "").chat
            tries[f"{key}#chat"] = lambda: self._say(incident, said, work.people, asks=True)
        errors = self._all(incident, tries)
        if incident.first_paged_at is None and len(errors) < len(tries):
            self.incidents.update(incident.number, first_paged_at=self.incidents.clock())
        if errors and len(errors) == len(tries):
            raise errors[0]

    def _text(self, incident: Incident, why: str, person: str) -> Text:
        return self.writer.page(incident, why, self.link(incident.number, person), self.incidents.clock())

    def _remind(self, incident: Incident, key: str) -> None:
        timeline = self.incidents.table.timeline(incident.number)
        person = incident.taken_by

        def text(named: str) -> Text:
            link = self.link(incident.number, named)
            return self.writer.reminder(incident, timeline, link, self.incidents.clock())

        tries: dict[str, Callable[[], None]] = {}
        if person in self.people:
            tries[f"{key}#{person}#sns"] = lambda: self.pager.page(person, text(person))
        if self.chat:
            tries[f"{key}#chat"] = lambda: self._say(incident, text("").chat, (person,), asks=True)
        errors = self._all(incident, tries)
        if errors and len(errors) == len(tries):
            raise errors[0]

    def announce(self, incident: Incident, key: str, text: str, *, without: Sequence[str] = ()) -> None:
        """Into the chat's thread, and by e-mail to whoever was paged and to the backup."""
        headline, _, body = text.partition("\n")
        headline = f"Incident {incident.number}: {headline}"

        def by_mail(person: str) -> None:
            link = self.link(incident.number, person)
            self.pager.write(person, Text(headline, f"{body}\n\n{link}".strip()))

        now = on_call_at(self.incidents.rota, self.incidents.clock(), self.incidents.overrides())
        involved = dict.fromkeys((*incident.paged, now.backup))
        tries: dict[str, Callable[[], None]] = {
            f"{key}#{person}#mail": partial(by_mail, person)
            for person in involved
            if person and person in self.people and person not in without
        }
        if self.chat:
            tries[f"{key}#chat"] = lambda: self._say(incident, Text(headline, body).chat)
        if errors := self._all(incident, tries):
            raise errors[0]

    def _say(self, incident: Incident, text: str, people: Sequence[str] = (), *, asks: bool = False) -> None:
        assert self.chat  # noqa: S101  (the callers look)
        mentions = [self.people[name].slack for name in people if name in self.people and self.people[name].slack]
        token = self.token(incident.number) if asks and self.chat.has_buttons else ""
        thread = self.chat.say(text, thread=incident.thread, token=token, mentions=mentions)
        if thread and not incident.thread:
            self.incidents.update(incident.number, thread=thread)

    def _write_up(self, incident: Incident, key: str) -> None:
        where = self.write_up(incident)
        self.announce(incident, f"{key}#written", f"closed; a draft of its review is written\n{where}")

    def _all(self, incident: Incident, tries: Mapping[str, Callable[[], None]]) -> list[Exception]:
        """What failed; one that fails keeps no other from being tried."""
        errors: list[Exception] = []
        for key, work in tries.items():
            try:
                self._once(incident, key, work)
            except Exception as error:  # noqa: BLE001  (reported by the caller)
                logger.warning("a way failed", incident=incident.number, way=key, reason=_line(error))
                errors.append(error)
        return errors

    def _once(self, incident: Incident, key: str, work: Callable[[], None]) -> None:
        table = self.incidents.table
        if not table.claim_page(incident.number, key, self.incidents.clock(), AGAIN_AFTER):
            return
        try:
            work()
        except Exception:
            table.page_failed(incident.number, key)
            raise
        table.page_sent(incident.number, key, self.incidents.clock())


def gather_with(client: Callable[[], Any], function: str) -> Callable[[int], None]:
    """By an invocation that nobody waits for; `client` makes one of Lambda."""

    def gather(number: int) -> None:
        payload = json.dumps({"incident": number}).encode()
        client().invoke(FunctionName=function, InvocationType="Event", Payload=payload)

    return gather


def _line(error: Exception) -> str:
    """Without the text of an error that may quote an address or a secret."""
    if isinstance(error, DeliveryError):
        return str(error)
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
    return f"{type(error).__name__} {code}".strip()
