"""The one place that decides what becomes of an incident: pure, by its state, an event and the time.

    triggered --take, snooze--> acknowledged --all its alarms right--> resolved --10 min--> closed
        ^  not confirmed, snooze over, level rises |                       |
        +------------------------------------------+<-- the same alarm ----+

- A duplicate, or what is older than what is known of its subject, changes nothing.
- A higher level pages again, whoever has it; the same or a lower one only enters the timeline, unless it is new and
  the incident is snoozed: whoever put it off did not know of it.
- An answer to what is resolved is noted and changes nothing; so is one that was given before it was triggered again.
- Whoever took it is reminded, and must confirm; otherwise it is triggered again, with whoever is on call by then.
- A step that nobody is found for is skipped at once; the last step is everybody.
- A person cannot resolve what still alarms: only what has no end by itself.
- What comes and goes three times in an hour is flapping, and held open until it was quiet for half an hour.
- After a week its timers stop, with one notice.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from lambdas.incident.events import Answered, Event, Kind, Outcome, Raised, Recovered, Work, shortened
from lambdas.incident.rules import FLAPS, FLAPS_WITHIN, HOURLY, LOOPS, QUIET, REOPENS, STALE, Rules
from lambdas.shared.incidents.words import by_way
from lambdas.shared.quantities import counted, duration
from lambdas.vocabulary.incidents import Answer, Entry, Incident, Reply, State, Subject, Timer, Way
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.on_call import Step

WORST_FIRST = tuple(Level)
People = Callable[[Step], tuple[str, ...]]
"""Who a step means now; nobody, where the rota has nobody."""


def opened(
    number: int, subject: Subject, steps: tuple[Step, ...], machine: "Machine", *, test: bool = False
) -> Outcome:
    """A new incident, with its first page."""
    incident = Incident(
        number,
        subject.level,
        subject.title,
        opened_at=subject.raised_at,
        changed_at=machine.now,
        subjects=(subject,),
        steps=steps,
        is_test=test,
    )
    entry = Entry(subject.changed_at, f"{subject.level}: {subject.title}")
    paged = Outcome(incident, (entry,)).then(machine.triggered(incident, "opened"))
    return paged if test else paged.doing(Work(Kind.GATHER))  # no page waits for it


def is_higher(level: Level, than: Level) -> bool:
    return WORST_FIRST.index(level) < WORST_FIRST.index(than)


@dataclass(frozen=True)
class Machine:
    """The rules at one moment."""

    now: datetime
    people: People
    rules: Rules = field(default_factory=Rules)

    def step(self, incident: Incident, event: Event) -> Outcome:
        outcome = self._after(incident, event)
        if outcome.incident.stale and outcome.incident.timer:  # it pages and reminds no more by itself
            return replace(outcome, incident=replace(outcome.incident, timer=None, due_at=None))
        return outcome

    def _after(self, incident: Incident, event: Event) -> Outcome:
        match event:
            case Raised(subject=subject):
                return self._raised(incident, subject)
            case Recovered(key, at):
                return self._recovered(incident, key, at)
            case Answered(reply, until):
                return self._answered(incident, reply, until)
            case _:
                return self._tick(incident)

    def triggered(self, incident: Incident, why: str) -> Outcome:
        """Paged from the first step on, whoever had it."""
        fresh = replace(
            incident,
            state=State.TRIGGERED,
            step=0,
            loop=0,
            triggered_at=self.now,
            taken_by="",
            taken_via=None,
            taken_at=None,
            snoozed_until=None,
            resolved_at=None,
            timer=None,
            due_at=None,
        )
        return self._paged(fresh, why) if fresh.steps else Outcome(fresh)

    # What alarms say

    def _raised(self, incident: Incident, subject: Subject) -> Outcome:
        known = _find(incident, subject.key)
        is_old = known and subject.changed_at <= known.changed_at
        is_over = incident.state is State.CLOSED or (incident.state is State.RESOLVED and not known)
        if is_old or is_over:
            return Outcome(incident)
        after = _with(incident, _again(known, subject) if known else subject)
        risen = is_higher(subject.level, than=incident.level)
        after = replace(after, changed_at=self.now, quiet_at=None)
        if risen:
            after = replace(after, level=subject.level, title=subject.title or incident.title)
        entry = Entry(subject.changed_at, f"{subject.level}: {subject.title}")
        begun = Outcome(after, (entry,))
        if incident.state is State.RESOLVED:
            return begun.then(self._reopened(after))
        if risen:
            return begun.then(self.triggered(after, f"its level rose to {subject.level}"))
        if incident.snoozed_until and not known:  # whoever put it off did not know of this
            return begun.then(self.triggered(after, "something further fails while it is snoozed"))
        return begun

    def _reopened(self, incident: Incident) -> Outcome:
        recent = [at for at in incident.reopened if self.now - at <= FLAPS_WITHIN]
        flapping = len(recent) + 1 >= FLAPS
        reopened = replace(incident, reopened=(*recent, self.now), flapping=flapping, stale=False)
        why = "it comes and goes" if reopened.flapping else "the same alarm again"
        return self.triggered(reopened, why).noting(Entry(self.now, f"opened again: {why}"))

    def _recovered(self, incident: Incident, key: str, at: datetime) -> Outcome:
        known = _find(incident, key)
        if not incident.is_open or incident.is_test or not known or not known.lasts or at < known.changed_at:
            return Outcome(incident)
        after = replace(_with(incident, replace(known, changed_at=at, recovered_at=at)), changed_at=self.now)
        begun = Outcome(after, (Entry(at, f"recovered: {known.title}"),))
        if after.lasting:
            return begun
        if after.flapping:
            return replace(begun, incident=replace(after, quiet_at=self.now + QUIET))
        return begun.then(self._resolved(after, at))

    def _resolved(self, incident: Incident, at: datetime) -> Outcome:
        resolved = replace(
            incident,
            state=State.RESOLVED,
            resolved_at=at,
            quiet_at=self.now + REOPENS,
            timer=None,
            due_at=None,
            snoozed_until=None,
        )
        after = duration(max(at - incident.opened_at, timedelta(0)))
        whose = "" if incident.first_taken_at else ", before anybody took it"
        said = f"resolved after {after}{whose}"
        return Outcome(resolved, (Entry(self.now, said),), (Work(Kind.ANNOUNCE, text=said),))

    # What people say

    def _answered(self, incident: Incident, reply: Reply, until: datetime | None) -> Outcome:
        if reply.answer is Answer.NOTE:
            return self._noted(incident, reply, f"noted: {reply.text}")
        if too_late := _too_late(incident, reply):
            return self._noted(incident, reply, f"answered {reply.answer}, {too_late}")
        match reply.answer:
            case Answer.TAKE:
                return self._taken(incident, reply)
            case Answer.SNOOZE:
                return self._snoozed(incident, reply, until or self.now)
            case Answer.CANNOT:
                return self._declined(incident, reply)
            case _:
                return self._ended(incident, reply)

    def _noted(self, incident: Incident, reply: Reply, text: str) -> Outcome:
        return Outcome(incident, (Entry(self.now, text, reply.by, reply.via),))

    def _taken(self, incident: Incident, reply: Reply) -> Outcome:
        goes_on = incident.state is State.ACKNOWLEDGED and incident.taken_by == reply.by and not incident.snoozed_until
        after = self._with_holder(incident, reply)
        after = replace(after, timer=Timer.REMIND, due_at=self.now + self.rules.remind[incident.level])
        if goes_on:
            return self._noted(after, reply, "is still on it")
        outcome = self._noted(after, reply, "took it").doing(*self._announced(reply, "took it"))
        return replace(outcome, incident=self._closed(after)) if incident.is_test else outcome

    def _closed(self, incident: Incident) -> Incident:
        """A test page that has ended."""
        ended = _with_all_recovered(incident, self.now)
        return replace(ended, state=State.CLOSED, resolved_at=self.now, closed_at=self.now, timer=None, due_at=None)

    def _snoozed(self, incident: Incident, reply: Reply, until: datetime) -> Outcome:
        after = self._with_holder(incident, reply)
        after = replace(after, snoozed_until=until, timer=Timer.SNOOZED, due_at=until)
        said = f"snoozed it for {duration(until - self.now)}"
        return self._noted(after, reply, said).doing(*self._announced(reply, said))

    def _with_holder(self, incident: Incident, reply: Reply) -> Incident:
        return replace(
            incident,
            state=State.ACKNOWLEDGED,
            changed_at=self.now,
            taken_by=reply.by,
            taken_via=reply.via,
            taken_at=self.now,
            snoozed_until=None,
            first_taken_at=incident.first_taken_at or self.now,
            declined=tuple(name for name in incident.declined if name != reply.by),
        )

    def _announced(self, reply: Reply, said: str) -> tuple[Work, ...]:
        """To everybody but the system that said it: what is said back would come as news again."""
        announced = Work(Kind.ANNOUNCE, (reply.by,), f"{reply.by or 'somebody'} {said} ({by_way(reply.via)})")
        return (announced,) if reply.via is Way.PAGERDUTY else (announced, Work(Kind.ACKNOWLEDGE, (reply.by,)))

    def _declined(self, incident: Incident, reply: Reply) -> Outcome:
        """Goes on with the next at once, if it was this person's turn."""
        declined = tuple(dict.fromkeys((*incident.declined, reply.by)))
        after = replace(incident, declined=declined, changed_at=self.now)
        outcome = self._noted(after, reply, "cannot").doing(
            Work(Kind.ANNOUNCE, (reply.by,), f"{reply.by or 'somebody'} cannot")
        )
        if incident.state is State.ACKNOWLEDGED:
            if incident.taken_by != reply.by:
                return outcome
            return outcome.then(self.triggered(after, f"{reply.by} cannot"))
        if not incident.steps or self._people(after, incident.step):
            return outcome
        return outcome.then(self._escalated(after))

    def _ended(self, incident: Incident, reply: Reply) -> Outcome:
        alarms = [subject for subject in incident.lasting if subject.has_end]
        if alarms:
            more = f" and {counted(len(alarms) - 1, 'further alarm')}" if len(alarms) > 1 else ""
            reason = f"{alarms[0].title or 'an alarm'}{more} still fires: it is resolved when that recovers"
            return Outcome(incident, refused=reason)
        outcome = self._noted(_with_all_recovered(incident, self.now), reply, "resolved it")
        return outcome.then(self._resolved(outcome.incident, self.now))

    # What time brings

    def _tick(self, incident: Incident) -> Outcome:
        begun = max((incident.opened_at, *incident.reopened))
        if incident.is_open and not incident.stale and self.now - begun >= STALE:
            return self._gone_stale(incident)
        if incident.quiet_at and self.now >= incident.quiet_at:
            return self._quiet(incident)
        if incident.timer is None or incident.due_at is None or self.now < incident.due_at:
            return Outcome(incident)
        return self._timed_out(incident, incident.timer)

    def _timed_out(self, incident: Incident, timer: Timer) -> Outcome:
        match timer:
            case Timer.PAGE_AGAIN:
                return self._paged_again(incident)
            case Timer.ESCALATE:
                return self._escalated(incident)
            case Timer.REMIND:
                return self._reminded(incident)
            case Timer.CONFIRM:
                return self.triggered(incident, f"{incident.taken_by or 'nobody'} has not confirmed it")
            case Timer.SNOOZED:
                return self.triggered(incident, "the snooze is over")

    def _gone_stale(self, incident: Incident) -> Outcome:
        said = f"open for {duration(STALE)}: nobody is paged or reminded any more"
        stale = replace(incident, stale=True, timer=None, due_at=None)
        return Outcome(stale, (Entry(self.now, said),), (Work(Kind.ANNOUNCE, text=said),))

    def _quiet(self, incident: Incident) -> Outcome:
        if incident.state is not State.RESOLVED:  # it was flapping
            last = max(subject.recovered_at or self.now for subject in incident.subjects)
            return self._resolved(replace(incident, quiet_at=None, flapping=False), last)
        closed = replace(incident, state=State.CLOSED, closed_at=self.now, quiet_at=None)
        work = () if incident.is_test else (Work(Kind.WRITE_UP),)
        return Outcome(closed, (Entry(self.now, "closed"),), work)

    def _reminded(self, incident: Incident) -> Outcome:
        waiting = replace(incident, timer=Timer.CONFIRM, due_at=self.now + self.rules.confirm)
        entry = Entry(self.now, f"reminded {incident.taken_by}")
        return Outcome(waiting, (entry,), (Work(Kind.REMIND, (incident.taken_by,)),))

    def _escalated(self, incident: Incident) -> Outcome:
        """The next step; after the last one the first again, and after some times through all the last alone."""
        last = len(incident.steps) - 1
        step, loop = incident.step + 1, incident.loop
        if step > last:
            step, loop = 0, loop + 1
        if loop and incident.is_test:
            said = "nobody took the test page"
            return Outcome(self._closed(incident), (Entry(self.now, said),), (Work(Kind.ANNOUNCE, text=said),))
        if loop >= LOOPS:
            step = last
        return self._paged(replace(incident, step=step, loop=min(loop, LOOPS)), "nobody has taken it")

    def _paged(self, incident: Incident, why: str) -> Outcome:
        """Page the incident's step, or the first one after it that somebody is found for."""
        last = len(incident.steps) - 1
        step = incident.step
        while step < last and not self._people(incident, step):
            step += 1
        people = self._people(incident, step)
        wait = self.rules.waits(incident.steps[step], incident.level)
        response = incident.level.response_time
        if incident.loop >= LOOPS:
            timer, due = Timer.ESCALATE, HOURLY
        elif response < wait:
            timer, due = Timer.PAGE_AGAIN, response
        else:
            timer, due = Timer.ESCALATE, wait
        waiting = replace(
            incident,
            step=step,
            timer=timer,
            due_at=self.now + due,
            paged=tuple(dict.fromkeys((*incident.paged, *people))),
        )
        who = ", ".join(people) or "nobody"
        entry = Entry(self.now, f"paged {who} (step {step + 1}: {why})")
        return Outcome(waiting, (entry,), (Work(Kind.PAGE, people, why),) if people else ())

    def _paged_again(self, incident: Incident) -> Outcome:
        """The same people: their level's time to respond is over, and the step's is not."""
        left = self.rules.waits(incident.steps[incident.step], incident.level) - incident.level.response_time
        escalates_at = (incident.due_at or self.now) + left
        if self.now >= escalates_at:  # this tick is late
            return self._escalated(incident)
        people = self._people(incident, incident.step)
        waiting = replace(incident, timer=Timer.ESCALATE, due_at=escalates_at)
        why = f"no answer within {duration(incident.level.response_time)}"
        entry = Entry(self.now, f"paged {', '.join(people) or 'nobody'} again ({why})")
        return Outcome(waiting, (entry,), (Work(Kind.PAGE, people, why),) if people else ())

    def _people(self, incident: Incident, step: int) -> tuple[str, ...]:
        """Without those who cannot; in the last step with them, where nobody else is left."""
        meant = self.people(incident.steps[step])
        able = tuple(name for name in meant if name not in incident.declined)
        return able or (meant if step == len(incident.steps) - 1 else ())


def _too_late(incident: Incident, reply: Reply) -> str:
    """Why the answer changes nothing; empty when it does."""
    if not incident.is_open:
        return f"when it was {incident.state}"
    if incident.triggered_at and reply.at < incident.triggered_at:
        return "before it was triggered again"
    return ""


def _find(incident: Incident, key: str) -> Subject | None:
    return next((subject for subject in incident.subjects if subject.key == key), None)


def _again(known: Subject, raised: Subject) -> Subject:
    began = known.raised_at if known.lasts else raised.raised_at
    return replace(raised, times=known.times + 1, raised_at=began, title=raised.title or known.title)


def _with(incident: Incident, subject: Subject) -> Incident:
    """With the subject in its place, or as the last one."""
    if not _find(incident, subject.key):
        return replace(incident, subjects=shortened((*incident.subjects, subject)))
    kept = (subject if each.key == subject.key else each for each in incident.subjects)
    return replace(incident, subjects=shortened(tuple(kept)))


def _with_all_recovered(incident: Incident, at: datetime) -> Incident:
    ended = (replace(each, recovered_at=at, changed_at=at) if each.lasts else each for each in incident.subjects)
    return replace(incident, subjects=tuple(ended))
