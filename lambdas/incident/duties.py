"""What the rota and the reviews ask for: handoffs, holes in the rota, actions that are overdue."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from lambdas.incident.change import Incidents
from lambdas.incident.pager import Pager
from lambdas.incident.words import Text
from lambdas.shared.incidents.actions import overdue_notice
from lambdas.shared.observability import logger
from lambdas.shared.on_call.rotation import holes, shifts
from lambdas.vocabulary.incidents import ACTIONS, Action
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import Change, Notice
from lambdas.vocabulary.on_call import Override, Shift

AHEAD = timedelta(weeks=4)
LATEST = timedelta(hours=6)
"""What was to be said so long ago is not said any more."""
_NINE = 9
_HANDOFFS, _HOLES, _OVERDUE = "handoffs", "holes", "overdue"


@dataclass(frozen=True)
class Duties:
    """`publish` sends a notice to the topic of its level."""

    environment: str
    incidents: Incidents
    pager: Pager
    publish: Callable[[Notice], None]

    def do(self, moment: datetime) -> None:
        """All that is due since the last time; each of them once."""
        for name, work in ((_HANDOFFS, self._hand_over), (_HOLES, self._look_ahead), (_OVERDUE, self._look_back)):
            since = self.incidents.table.last(name)
            if self._is_due(name, since, moment) and self.incidents.table.advance(name, since, moment):
                work(max(since or moment, moment - LATEST), moment)

    def _is_due(self, name: str, since: datetime | None, moment: datetime) -> bool:
        """Handoffs are looked for every minute, holes every day at nine, overdue actions on Mondays at nine."""
        if name == _HANDOFFS or since is None:
            return True
        zone = ZoneInfo(self.incidents.rota.timezone)
        local, before = moment.astimezone(zone), since.astimezone(zone)
        is_new_day = local.date() > before.date() and local.hour >= _NINE
        return is_new_day and (
            name == _HOLES or local.weekday() == 0 or local.date() - before.date() >= timedelta(days=7)
        )

    def _hand_over(self, since: datetime, moment: datetime) -> None:
        """Write to who begins and who ends."""
        if since >= moment:
            return
        tiles = list(shifts(self.incidents.rota, since, moment + timedelta(seconds=1), self.incidents.overrides()))
        for ended, begun in pairwise(tiles):
            if since < begun.start <= moment:
                self._write_handoff(ended, begun)

    def write_override(self, made: Override) -> None:
        """To both, at once: it may begin this minute."""
        zone = ZoneInfo(self.incidents.rota.timezone)
        start, until = (f"{at.astimezone(zone):%a %d %b %H:%M}" for at in (made.start, made.until))
        self._write(made.person, f"You are on call instead of {made.instead_of}, {start} to {until}")
        self._write(made.instead_of, f"{made.person} is on call instead of you, {start} to {until}")

    def _write_handoff(self, ended: Shift, begun: Shift) -> None:
        for before, after, role in (
            (ended.person, begun.person, "on call"),
            (ended.backup, begun.backup, "the backup"),
        ):
            if before == after:
                continue
            if before and before not in (begun.person, begun.backup):
                self._write(before, f"You are no longer {role}: {after or 'nobody'} is")
            if after:
                self._write(after, f"You are {role} from now on, after {before or 'nobody'}")

    def _write(self, person: str, headline: str) -> None:
        if person not in self.incidents.people:
            return
        still = [incident for incident in self.incidents.table.open_incidents() if incident.is_open]
        lines = [f"Incident {each.number} is open ({each.taken_by or 'nobody'} has it): {each.title}" for each in still]
        text = Text(f"[{self.environment}] {headline}", "\n".join(lines or ["No incident is open."]))
        try:
            self.pager.write(person, text)
        except Exception:  # noqa: BLE001  (the others are written to all the same)
            logger.exception("a handoff was not sent")

    def _look_ahead(self, _: datetime, moment: datetime) -> None:
        """A notice every week while the rota has a hole within the next four, and one when it has none any more."""
        table = self.incidents.table
        found = list(holes(self.incidents.rota, moment, moment + AHEAD, self.incidents.overrides()))
        known = table.documents(_HOLES)
        if found:
            table.put_document(_HOLES, _HOLES, '"there are some"')
            if not known or moment.weekday() == 0:
                self.publish(self._of_holes(found, moment))
        elif known:
            table.delete(_HOLES, _HOLES)
            self.publish(
                Notice(self._key(), Level.LOW, Change.RECOVERED, "The on-call rota has no hole any more", moment)
            )

    def _of_holes(self, found: list[Shift], moment: datetime) -> Notice:
        zone = ZoneInfo(self.incidents.rota.timezone)
        first = found[0]
        missing = "backup" if first.person else "primary"
        return Notice(
            self._key(),
            Level.LOW,
            Change.RAISED,
            f"Nobody is {missing} from {first.start.astimezone(zone):%a %d %b %H:%M}",
            moment,
            measured=f"{len(found)} within four weeks",
            first_look=f"ops {self.environment} on-call check",
        )

    def _key(self) -> str:
        return f"on-call-holes-{self.environment}"

    def _look_back(self, _: datetime, moment: datetime) -> None:
        actions = [Action.from_json(written) for written in self.incidents.table.documents(ACTIONS)]
        if notice := overdue_notice(actions, moment):
            self.publish(notice)
