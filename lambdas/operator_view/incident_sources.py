"""What views of incidents read from."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Final

from lambdas.shared.clock import Clock, now
from lambdas.shared.incidents.table import IncidentTable
from lambdas.shared.on_call.overrides import Overrides, pass_over
from lambdas.shared.on_call.rotation import shift_at
from lambdas.vocabulary.incidents import ACTIONS, Action, Incident
from lambdas.vocabulary.on_call import Rota, Shift

MOST: Final = 2000
"""So many incidents are read at most."""


@dataclass(frozen=True)
class IncidentSources:
    table: IncidentTable
    rota: Rota
    people: tuple[str, ...]
    """Who may say that they answer."""
    reviews: str = ""
    """Where they are in S3's console, without a key; empty where there is no such place."""
    clock: Clock = now

    @property
    def at(self) -> datetime:
        return self.clock()

    def shifts(self) -> tuple[Shift, Shift]:
        """The one now, and the next one."""
        further = Overrides(self.table.dynamodb, self.table.name, self.clock).all(self.people, pass_over)
        current = shift_at(self.rota, self.at, further)
        return current, shift_at(self.rota, current.until, further)

    def since(self, time: timedelta) -> list[Incident]:
        """Those that opened in the last `time`, newest first."""
        begin = self.at - time
        return list(takewhile(lambda each: each.opened_at >= begin, self.table.newest(MOST)))

    def actions(self) -> list[Action]:
        """By their dates; what is done is among them."""
        found = map(Action.from_json, self.table.documents(ACTIONS))
        return sorted(found, key=lambda each: (each.due, each.incident, each.identifier))
