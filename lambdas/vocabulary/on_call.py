"""Who is on call, as the settings, the functions and the commands say it to each other.

No e-mail address and no telephone number is in here: a person is paged through a topic that knows them by name.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from lambdas.vocabulary.codec import JsonDocument

DEFAULT_MINUTES: Final = 15


class Who(StrEnum):
    """Whom a step pages; a step may name people as well."""

    PRIMARY = "primary"
    BACKUP = "backup"
    EVERYBODY = "everybody"


@dataclass(frozen=True)
class Person(JsonDocument):
    """Somebody who can be paged."""

    name: str
    by_mail: bool = False
    by_text: bool = False
    slack: str = ""
    """The id of a member, such as U0123ABCD."""


@dataclass(frozen=True)
class Override(JsonDocument):
    """From `start` on and before `until`, `person` is on call instead of `instead_of`.

    Raises ValueError for one that changes nothing, or whose times have no zone.
    """

    person: str
    start: datetime
    until: datetime
    instead_of: str
    identifier: str = ""
    """Of one in the table; those made later sort behind.  Empty of one in the environment file."""
    made_by: str = ""

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.until.tzinfo is None:
            raise ValueError("start and until must have a zone")
        if self.until <= self.start:
            raise ValueError("until must be later than start")
        if self.person == self.instead_of:
            raise ValueError("person must be somebody else than instead_of")
        if not self.person or not self.instead_of:
            raise ValueError("person and instead_of must be names")

    def is_active(self, moment: datetime) -> bool:
        return self.start <= moment < self.until


@dataclass(frozen=True)
class Rota(JsonDocument):
    """Whose week it is: `people` in turn are the primary, each with the next one as the backup.

    A week begins at `handoff_time` of `handoff_weekday`, as clocks of `timezone` show it.  The first person's begins on
    `start`, or on the last such weekday before it; weeks before that count backwards: there always is a primary.
    """

    timezone: str
    """An IANA name, such as Europe/Berlin."""
    handoff_weekday: int
    """Of Monday it is 0, of Sunday 6."""
    handoff_time: str
    """HH:MM."""
    start: date
    people: tuple[str, ...]
    overrides: tuple[Override, ...] = ()
    """Those of the environment file."""


@dataclass(frozen=True)
class Step(JsonDocument):
    """Who is paged, and how long their answer is waited for before the next step."""

    who: tuple[str, ...]
    """Words of Who, and names."""
    minutes: int = DEFAULT_MINUTES


STEPS: Final = (Step((Who.PRIMARY,)), Step((Who.BACKUP,)), Step((Who.EVERYBODY,)))
"""Who is paged where the environment file does not say."""


@dataclass(frozen=True)
class OnCall(JsonDocument):
    """Who is on call at one moment; None is nobody."""

    primary: str | None
    backup: str | None


@dataclass(frozen=True)
class Shift(JsonDocument):
    """From `start` on and before `until`, in UTC, the same two are on call."""

    person: str | None
    backup: str | None
    start: datetime
    until: datetime

    @property
    def is_hole(self) -> bool:
        """Whether two different people are not on call."""
        return self.person is None or self.backup is None or self.person == self.backup
