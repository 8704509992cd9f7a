"""Sections `[[alerts.maintenance]]`: times at which work is done on the system, and what is muted meanwhile."""

import re
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo, field_validator
from pydantic.types import Strict

from stacks.settings import schedule
from stacks.settings.section import Section
from stacks.settings.types import Allowed, Timezone

_FORM = "cron(minutes hours day-of-month month day-of-week) or at(yyyy-mm-ddThh:mm)"
_FIELD = r"(?:\*|[0-9A-Z]+(?:-[0-9A-Z]+)?)(?:,[0-9A-Z]+(?:-[0-9A-Z]+)?)*"
_EXPRESSION = re.compile(rf"cron\((?P<cron>{_FIELD}(?: {_FIELD}){{4}})\)|at\((?P<at>\d{{4}}-\d\d-\d\dT\d\d:\d\d)\)")
_FIELDS = (
    *schedule.FIELDS[:2],
    schedule.Field("day of month", 1, 31),  # CloudWatch knows neither a last day nor a last Friday
    schedule.FIELDS[3],
    schedule.Field("day of week", 0, 7, schedule.WEEKDAYS),
)
RDS_SNAPSHOT = "rds-snapshot"
"""The window that every RDS instance has without being told."""
_LONGEST = 15 * 24 * 60  # minutes: CloudWatch's own limit

SectionName = Literal["up", "users", "database", "recovery", "security", "itself"]
LevelName = Literal["critical", "high", "medium", "low"]


def _readable(expression: str) -> str:
    found = _EXPRESSION.fullmatch(expression)
    if found is None:
        raise ValueError(f"must be {_FORM}; steps such as */5 and the word ? are not known here")
    try:
        for field, text in zip(_FIELDS, (found["cron"] or "").split(), strict=False):
            field.values(text)
        if found["at"]:
            datetime.fromisoformat(found["at"])
    except ValueError as error:
        raise ValueError(f"is no time: {error}") from None
    return expression


def _text(pattern: str, allowed: str) -> tuple[StringConstraints, Allowed]:
    return StringConstraints(pattern=rf"^(?:{pattern})\z"), Allowed(allowed)


_WindowName = Annotated[str, *_text(r"[a-z][a-z0-9-]{0,39}", "1 to 40 lower-case letters, digits and dashes")]
_AlarmName = Annotated[str, *_text(r"[A-Za-z0-9._-]+", "an alarm's name without <service>-<environment>-")]
_IN_A_LIST = Strict(strict=False)


class Maintenance(Section):
    """One window: its alarms are evaluated and shown as ever, and told to nobody until it ends.

    An alarm is muted when it is of one of `sections`, of one of `levels` and one of `alarms`, as far as they are given.
    """

    name: Annotated[_WindowName, Field(description="What the work is; the mute rule is called by it.")]
    schedule: Annotated[str, AfterValidator(_readable), Allowed(_FORM), Field(description="When a window begins.")]
    minutes: Annotated[int, Field(ge=1, le=_LONGEST, description="How long it lasts.")]
    timezone: Annotated[Timezone, Field(description="The time zone of `schedule`.")] = "UTC"
    sections: Annotated[
        tuple[SectionName, ...], _IN_A_LIST, Field(description="The questions whose alarms are muted.")
    ] = ()
    levels: Annotated[tuple[LevelName, ...], _IN_A_LIST, Field(description="The levels that are muted.")] = ()
    alarms: Annotated[tuple[_AlarmName, ...], _IN_A_LIST, Field(description="Alarms that are muted, by name.")] = ()

    @field_validator("alarms")
    @classmethod
    def _says_what(cls, alarms: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if not (alarms or info.data.get("sections") or info.data.get("levels")):
            raise ValueError("must name alarms where neither sections nor levels say what is muted")
        return alarms
