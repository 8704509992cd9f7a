"""The rota of one environment, with the urgent overrides of its table."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from lambdas.shared.on_call.calendar import Calendar
from lambdas.shared.on_call.overrides import Overrides
from lambdas.vocabulary.names import physical_name
from lambdas.vocabulary.on_call import Override, Rota
from ops.chosen import Chosen
from ops.errors import UsageError
from stacks.settings import OnCall
from stacks.settings.wall_times import moment_of

_FORM = "YYYY-MM-DD HH:MM"


@dataclass(frozen=True)
class Team:
    """`file_only` leaves the table aside: then no AWS is needed."""

    chosen: Chosen
    warn: Callable[[str], object]
    file_only: bool = False

    @cached_property
    def settings(self) -> OnCall:
        """Raises UsageError where nobody is on call."""
        found = self.chosen.settings.on_call
        if found is None:
            raise UsageError(f"environment {self.chosen.name} has no rota (docs/on-call.md: write [on_call], and deploy)")
        return found

    @cached_property
    def rota(self) -> Rota:
        return self.settings.rota()

    @cached_property
    def urgent(self) -> tuple[Override, ...]:
        if self.file_only:
            return ()
        table = Overrides(self.chosen.client("dynamodb"), physical_name(self.chosen.settings, "incidents"))
        return table.all(self.names, lambda identifier, why: self.warn(f"override {identifier} is ignored: {why}"))

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(each.name for each in self.settings.persons())

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.rota.timezone)

    def calendar(self, person: str | None) -> Calendar:
        settings = self.chosen.settings
        title = f"{settings.names.title} {settings.name} on call"
        return Calendar(physical_name(settings, "on_call"), title, person)

    def person(self, name: str) -> str:
        """Raises UsageError."""
        if name not in self.names:
            raise UsageError(f"{name!r} is no [[on_call.person]] (there are: {', '.join(self.names)})")
        return name

    def moment(self, written: str) -> datetime:
        """Of the rota's zone, where no offset is written.  Raises UsageError."""
        try:
            wall = datetime.fromisoformat(written)
        except ValueError:
            raise UsageError(f"{written!r} is no time: write {_FORM}, in {self.rota.timezone}") from None
        try:
            return moment_of(wall, self.rota.timezone)
        except ValueError as error:
            raise UsageError(str(error)) from None

    def shown(self, moment: datetime) -> str:
        """In the rota's zone, with its offset where clocks change within the hour."""
        return f"{moment.astimezone(self.zone):%a %Y-%m-%d %H:%M}"
